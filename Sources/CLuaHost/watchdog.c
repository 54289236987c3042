// Time limits of a run. One timer and one sleeping thread: the timer's signal reaches the interpreter's thread
// also inside one long C call, where no hook can; what must not be done in a handler the thread does.
//
//   running --deadline--> interrupted --grace--> forced (every line raises) --2 s--> last resort
#include "host.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LAST_SECONDS = 2 };

typedef enum stage { RUNNING, INTERRUPTED, FORCED } stage;

struct watchdog {
    vm_lua *host;
    timer_t timer;
    pthread_t interpreter;
    volatile sig_atomic_t stage;
};

static struct watchdog *volatile current;
/// Whose time is over for good; the thread that waits for it never comes back from there.
static struct watchdog *volatile rung;
static sem_t bell;
static bool has_watcher;

static void arm(struct watchdog *w, double seconds) {
    struct itimerspec when = {0};
    when.it_value.tv_sec = (time_t)seconds;
    when.it_value.tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9) + 1;
    timer_settime(w->timer, 0, &when, NULL); // async-signal-safe (signal-safety(7))
}

void vm_watch_interrupt(vm_lua *host) {
    struct watchdog *w = host->watchdog;
    if (w == NULL) return;
    w->stage = INTERRUPTED;
    arm(w, host->grace);
}

void vm_calm_watchdog(vm_lua *host) {
    struct watchdog *w = host->watchdog;
    if (w == NULL || w->stage == RUNNING) return;
    struct itimerspec never = {0};
    timer_settime(w->timer, 0, &never, NULL);
    w->stage = RUNNING;
}

void vm_hasten(vm_lua *host) {
    struct watchdog *w = host->watchdog;
    if (w == NULL) return;
    vm_lua_force_stop(host);
    if (w->stage == FORCED) return; // its last seconds run already
    w->stage = FORCED;
    arm(w, LAST_SECONDS);
}

static volatile sig_atomic_t is_from_outside;
static bool ignores_others; // their alarms, as it was when we came

static void on_alarm(int number, siginfo_t *info, void *context) {
    (void)context;
    int saved = errno;
    struct watchdog *w = current;
    // The timer's, or passed on by another thread of ours.
    if (info->si_code != SI_TIMER && !(info->si_code == SI_TKILL && info->si_pid == getpid())) {
        is_from_outside = 1;
    }
    if (w == NULL) {
        if (is_from_outside && !ignores_others) vm_die_by(number);
        return;
    }
    if (!pthread_equal(pthread_self(), w->interpreter)) {
        pthread_kill(w->interpreter, number);
        errno = saved;
        return;
    }
    if (is_from_outside) { // somebody else's alarm: it stops the run as it would stop any program
        is_from_outside = 0;
        if (!ignores_others) vm_on_signal(number);
        errno = saved;
        return;
    }
    switch ((stage)w->stage) {
    case RUNNING:
        vm_lua_interrupt(w->host, VM_LUA_DEADLINE);
        break;
    case INTERRUPTED:
        w->stage = FORCED;
        vm_lua_force_stop(w->host);
        arm(w, LAST_SECONDS);
        break;
    case FORCED:
        rung = w;
        sem_post(&bell);
        break;
    }
    errno = saved;
}

static void *keep_watch(void *nothing) {
    (void)nothing;
    while (sem_wait(&bell) != 0 && errno == EINTR) {
    }
    vm_lua *host = rung->host;
    int reason = host->reason;
    if (host->callbacks.last_resort != NULL) host->callbacks.last_resort(host->callbacks.context);
    if (reason == VM_LUA_DEADLINE) {
        static const char text[] = "vmoon: the deadline was reached, and nothing else stopped the script\n";
        ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
        (void)written; // there is nobody else to tell
    }
    if (reason > 0) vm_die_by(reason);
    int status = reason == VM_LUA_DEADLINE ? 124 : reason == VM_LUA_EXIT ? host->exit_status : 70;
    if (status != 0) vm_lua_release_output();
    _exit(status);
}

static void start_watcher(void) {
    if (has_watcher) return;
    sem_init(&bell, 0, 0);
    // The thread takes no signals: they are for the interpreter's.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 512 << 10);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    has_watcher = pthread_create(&thread, &attributes, keep_watch, NULL) == 0;
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void vm_open_watchdog(vm_lua *host) {
    start_watcher();
    if (!has_watcher) return;
    struct watchdog *w = calloc(1, sizeof *w);
    if (w == NULL) return;
    w->host = host;
    w->interpreter = pthread_self();
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    if (timer_create(CLOCK_MONOTONIC, &event, &w->timer) != 0) {
        free(w);
        return;
    }
    current = w;
    host->watchdog = w;
    struct sigaction action = {.sa_sigaction = on_alarm, .sa_flags = SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    struct sigaction before;
    sigaction(SIGALRM, &action, &before);
    if (before.sa_handler == SIG_IGN) ignores_others = true;
    sigset_t alarm_only;
    sigemptyset(&alarm_only);
    sigaddset(&alarm_only, SIGALRM);
    pthread_sigmask(SIG_UNBLOCK, &alarm_only, NULL);
}

void vm_close_watchdog(vm_lua *host) {
    struct watchdog *w = host->watchdog;
    if (w == NULL) return;
    host->watchdog = NULL;
    if (current == w) current = NULL; // another interpreter of the process may have one by now
    timer_delete(w->timer);
    while (rung == w) pause(); // the process is being ended, and the thread that does it still reads this
    free(w);
}

void vm_lua_set_deadline(vm_lua *lua, double seconds) {
    if (lua->watchdog != NULL && lua->watchdog->stage == RUNNING) arm(lua->watchdog, seconds);
}

void vm_lua_set_grace(vm_lua *lua, double seconds) {
    lua->grace = seconds;
}
