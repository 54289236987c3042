// The terminal of a prompt: keys arrive one at a time and are not echoed, and every end of the process restores it.
#include "parts.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

static vm_actions actions;
static struct termios settings;
static int descriptor = -1;
static volatile sig_atomic_t is_held;
static int events;     // atomic
static int interrupts; // number of Ctrl-C presses that the loop has not seen

void vm_restore_terminal(void) {
    static const char no_bracketed_paste[] = "\x1b[?2004l";
    if (!is_held) return;
    ssize_t written = write(STDOUT_FILENO, no_bracketed_paste, sizeof no_bracketed_paste - 1);
    (void)written; // a terminal that has hung up needs no reset
    tcsetattr(STDIN_FILENO, TCSANOW, &settings); // async-signal-safe (signal-safety(7))
}

static void tell(int event) {
    int saved = errno;
    __atomic_fetch_or(&events, event, __ATOMIC_ACQ_REL);
    ssize_t written = write(descriptor, "", 1);
    (void)written; // a full pipe is noticed anyway
    errno = saved;
}

static void on_event(int number, siginfo_t *info, void *context) {
    (void)info, (void)context;
    tell(number == SIGWINCH ? VM_TERMINAL_RESIZED
         : number == SIGTSTP ? VM_TERMINAL_STOP_REQUESTED : VM_TERMINAL_CONTINUED);
}

// The first Ctrl-C is for the editor. If it is pressed again before the loop has seen it, a task blocks the loop: then
// it interrupts the run, and may end the process.
static void on_interrupt(int number, siginfo_t *info, void *context) {
    bool is_seen = (__atomic_load_n(&events, __ATOMIC_ACQUIRE) & VM_TERMINAL_INTERRUPTED) == 0;
    interrupts = is_seen ? 1 : interrupts + 1;
    tell(VM_TERMINAL_INTERRUPTED);
    if (interrupts <= 1) return;
    vm_restore_terminal();
    vm_do_before(&actions, number, info, context);
}

// The program is about to end: the terminal is restored first.
static void on_ending(int number, siginfo_t *info, void *context) {
    // The timer of a run uses this signal too.
    bool is_timer = number == SIGALRM && (info->si_code == SI_TIMER || info->si_code == SI_TKILL);
    if (!is_timer) vm_restore_terminal();
    vm_do_before(&actions, number, info, context);
    // The program may continue after the signal, and so does the line.
    if (!is_timer) tell(VM_TERMINAL_CONTINUED);
}

// The program is about to end by a fault that nothing else handles.
static void on_crash(int number, siginfo_t *info, void *context) {
    (void)info, (void)context;
    vm_process_end_by(number);
}

void vm_terminal_hold(const struct termios *normal, int notice) {
    settings = *normal;
    descriptor = notice;
    interrupts = 0;
    vm_give_faults_a_stack();
    static const int own[] = {SIGWINCH, SIGTSTP, SIGCONT};
    sigset_t unblocked;
    sigemptyset(&unblocked);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        vm_take_signal(&actions, own[i], on_event, 0);
        sigaddset(&unblocked, own[i]);
    }
    // A parent may have left them blocked: a stop would then only be pending.
    pthread_sigmask(SIG_UNBLOCK, &unblocked, NULL);
    int count;
    const int *ends = vm_process_stopping_signals(&count);
    for (int i = 0; i < count; i++)
        vm_take_signal(&actions, ends[i], ends[i] == SIGINT ? on_interrupt : on_ending, 0);
    for (const int *fault = vm_faults; *fault != 0; fault++) vm_take_signal(&actions, *fault, on_crash, SA_ONSTACK);
    is_held = 1;
}

void vm_terminal_let_go(void) {
    is_held = 0;
    vm_give_signals_back(&actions);
}

int vm_terminal_take_events(void) {
    return __atomic_exchange_n(&events, 0, __ATOMIC_ACQ_REL);
}
