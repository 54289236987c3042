// The only place in the program that sets signal actions.
#include "parts.h"

#include <pthread.h>
#include <stddef.h>

const int vm_faults[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP, 0};

const int *vm_process_stopping_signals(int *count) {
    static int signals[65] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU,
        SIGIO, SIGPWR, SIGSTKFLT};
    *count = 13;
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++) signals[(*count)++] = number;
    return signals;
}

bool vm_is_ignored(int number) {
    struct sigaction now;
    return sigaction(number, NULL, &now) == 0 && !(now.sa_flags & SA_SIGINFO) && now.sa_handler == SIG_IGN;
}

void vm_set_signal(int number, vm_handler *handler, int flags) {
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void vm_take_signal(vm_actions *actions, int number, vm_handler *handler, int flags) {
    if (vm_is_ignored(number)) return;
    if (actions != NULL) actions->is_taken[number] = sigaction(number, NULL, &actions->before[number]) == 0;
    vm_set_signal(number, handler, flags);
}

void vm_give_signals_back(vm_actions *actions) {
    for (int number = 1; number < 65; number++) {
        if (!actions->is_taken[number]) continue;
        sigaction(number, &actions->before[number], NULL);
        actions->is_taken[number] = false;
    }
}

void vm_do_before(const vm_actions *actions, int number, siginfo_t *info, void *context) {
    const struct sigaction *before = &actions->before[number];
    if (!actions->is_taken[number] || before->sa_handler == SIG_DFL) return;
    if (before->sa_flags & SA_SIGINFO)
        before->sa_sigaction(number, info, context);
    else
        before->sa_handler(number);
}

void vm_give_faults_a_stack(void) {
    static char stack[64 << 10];
    stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&own, NULL);
}

void vm_process_end_by(int number) {
    vm_restore_terminal();
    vm_process_release_output();
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigaction(number, &action, NULL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    raise(number);
}

static void do_nothing(int number, siginfo_t *info, void *context) {
    (void)number, (void)info, (void)context;
}

void vm_process_survive(int number) {
    struct sigaction now;
    if (sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
        vm_take_signal(NULL, number, do_nothing, SA_RESTART);
}

void vm_process_keep_endings(void) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    if (vm_is_ignored(SIGCHLD)) sigaction(SIGCHLD, &action, NULL);
}

// Signals that are only recorded

static vm_actions noting;
static volatile sig_atomic_t noted;

static void note(int number, siginfo_t *info, void *context) {
    // The timer of a run uses this signal too: its deadline ends the question, and not the program.
    if (number == SIGALRM && (info->si_code == SI_TIMER || info->si_code == SI_TKILL))
        vm_do_before(&noting, number, info, context);
    else
        noted = number;
}

void vm_process_note_signals(const int *signals, int count) {
    noted = 0;
    for (int i = 0; i < count; i++) vm_take_signal(&noting, signals[i], note, 0);
}

int vm_process_noted_signal(void) {
    return noted;
}

void vm_process_stop_noting(void) {
    vm_give_signals_back(&noting);
}
