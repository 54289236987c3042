// Stopping a run: by a signal, by its deadline, and finally by force. One timer and one sleeping thread: the timer's
// signal reaches the run's thread also inside one long C call; the thread does what is not allowed in a handler.
// It is started when there is something to do for it: with a second thread glibc locks memory and streams at each
// use, which costs plain Lua up to a tenth.
//
//   running --signal, deadline--> interrupted --grace, second signal--> forced --2 s--> last resort
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdint.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum { LAST_SECONDS = 2, SAME_REQUEST_MS = 50 };

typedef enum stage { RUNNING, INTERRUPTED, FORCED } stage;

static vm_process_run run;
static volatile sig_atomic_t is_watched;
static pthread_t thread;                 // the thread of the run
static volatile sig_atomic_t run_stage, run_reason;
static volatile sig_atomic_t signals_seen;
static volatile sig_atomic_t stop_count;
static volatile sig_atomic_t is_over;    // its last resort has started, and never returns
static timer_t timer;
static bool has_timer;
static volatile sig_atomic_t has_thread; // the one that waits for the bell
static sem_t bell;

static void arm(double seconds) {
    struct itimerspec when = {0};
    when.it_value.tv_sec = (time_t)seconds;
    when.it_value.tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9) + 1;
    if (has_timer) timer_settime(timer, 0, &when, NULL); // async-signal-safe (signal-safety(7))
}

static void disarm(void) {
    struct itimerspec never = {0};
    if (has_timer) timer_settime(timer, 0, &never, NULL);
    run_stage = RUNNING;
}

static void begin_grace(int reason) {
    if (!is_watched || run_stage != RUNNING) return;
    run_reason = reason;
    run_stage = INTERRUPTED;
    arm(run.grace);
}

void vm_process_begin_grace(int reason) {
    // To end by a signal takes no thread. All else does, and here, outside of handlers, it can be started.
    if (is_watched && reason <= 0) vm_process_attend();
    begin_grace(reason);
}

static void interrupt(int reason) {
    if (!run.interrupt(run.context, reason)) return;
    stop_count++;
    begin_grace(reason);
}

static void force(void) {
    stop_count++;
    run.force(run.context);
    if (run_stage == FORCED) return; // its last seconds have already begun
    run_stage = FORCED;
    arm(LAST_SECONDS);
}

void vm_process_end_grace(void) {
    disarm();
    signals_seen = 0;
}

unsigned vm_process_stop_count(void) {
    return (unsigned)stop_count;
}

// Signals

/// Whether this is the thread of the watched run; otherwise the signal is passed on to that thread.
static bool is_here(int number) {
    if (pthread_equal(pthread_self(), thread)) return true;
    pthread_kill(thread, number);
    return false;
}

static void on_signal(int number, siginfo_t *info, void *context) {
    (void)info, (void)context;
    if (!is_watched) { // there is no run to stop, only the process
        if (number != SIGPIPE) vm_process_end_by(number);
        return;
    }
    if (!is_here(number)) return;
    if (number == SIGPIPE) {
        interrupt(number);
        return;
    }
    // timeout(1) signals its child and then the child's group, and a shell does the same when its terminal
    // hangs up: both signals count as one request.
    static volatile sig_atomic_t first;
    static struct timespec since;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now); // async-signal-safe (signal-safety(7))
    if (signals_seen > 0) {
        long long passed = (now.tv_sec - since.tv_sec) * 1000LL + (now.tv_nsec - since.tv_nsec) / 1000000;
        if (number == first && passed < SAME_REQUEST_MS) return;
        if (signals_seen > 1) vm_process_end_by(number);
    }
    signals_seen++;
    first = number;
    since = now;
    // The second signal ends the grace: waiting calls are abandoned. If even that has no effect, the last resort
    // ends the process.
    if (signals_seen > 1)
        force();
    else
        interrupt(number);
}

static volatile sig_atomic_t wants_reopening, has_terminal, has_hung_up;

static bool reaches_terminal(void) {
    int saved = errno;
    int tty = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (tty >= 0) close(tty);
    errno = saved;
    return tty >= 0;
}

// The kernel itself sends it when a terminal hangs up; a shell sends it to its jobs, as any process can.
static void on_hangup(int number, siginfo_t *info, void *context) {
    if (info->si_code == SI_KERNEL || (has_terminal && !reaches_terminal())) has_hung_up = 1;
    if (has_hung_up) {
        on_signal(number, info, context);
        return;
    }
    wants_reopening = 1;
    if (!is_watched || run.wake < 0) return;
    int saved = errno;
    ssize_t written = write(run.wake, &(uint64_t){1}, sizeof(uint64_t));
    (void)written; // a full eventfd wakes the loop anyway
    errno = saved;
}

bool vm_process_take_reopening(void) {
    if (!wants_reopening) return false;
    wants_reopening = 0;
    return true;
}

// The timer

static volatile sig_atomic_t is_from_outside;
static bool ignores_others; // whether alarms of other processes were ignored at the start

/// Ends the process from a handler, when nothing has to be left in order.
static void end_alone(void) {
    vm_restore_terminal();
    if (run_reason > 0) vm_process_end_by(run_reason);
    vm_process_release_output();
    _exit(EX_SOFTWARE);
}

static void on_alarm(int number, siginfo_t *info, void *context) {
    int saved = errno;
    // It comes from our timer, or was passed on by another thread of ours.
    if (info->si_code != SI_TIMER && !(info->si_code == SI_TKILL && info->si_pid == getpid())) is_from_outside = 1;
    if (!is_watched) {
        if (is_from_outside && !ignores_others) vm_process_end_by(number);
        return;
    }
    if (!is_here(number)) {
        errno = saved;
        return;
    }
    if (is_from_outside) { // an alarm from outside: it stops the run as it would stop any program
        is_from_outside = 0;
        if (!ignores_others) on_signal(number, info, context);
        errno = saved;
        return;
    }
    switch ((stage)run_stage) {
    case RUNNING: interrupt(run.deadline); break;
    case INTERRUPTED: force(); break;
    case FORCED:
        if (!has_thread) end_alone();
        is_over = 1;
        sem_post(&bell);
        break;
    }
    errno = saved;
}

static void *wait_for_end(void *nothing) {
    (void)nothing;
    while (sem_wait(&bell) != 0 && errno == EINTR) {
    }
    int reason = run_reason;
    vm_restore_terminal();
    int code = run.last_resort(run.owner);
    if (reason > 0) vm_process_end_by(reason);
    if (code != 0) vm_process_release_output();
    _exit(code);
}

void vm_process_attend(void) {
    if (has_thread) return;
    sem_init(&bell, 0, 0);
    // This thread takes no signals: they are for the run's thread.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 512 << 10);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t made;
    has_thread = pthread_create(&made, &attributes, wait_for_end, NULL) == 0;
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

// The run

static void start_timer(void) {
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    if (!has_timer) has_timer = timer_create(CLOCK_MONOTONIC, &event, &timer) == 0;
}

void vm_process_watch(const vm_process_run *new_run) {
    while (is_over) pause(); // the process is ending, and the ending thread reads the fields set below
    is_watched = 0;
    disarm();
    signals_seen = 0;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    run = *new_run;
    thread = pthread_self();
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    is_watched = 1;
    start_timer();
    if (!run.is_alone || run.limit > 0) vm_process_attend();
    if (has_timer) {
        if (vm_is_ignored(SIGALRM)) ignores_others = true;
        vm_set_signal(SIGALRM, on_alarm, 0);
        if (run.limit > 0) arm(run.limit);
    }
    if (run.reopens_log) has_terminal = reaches_terminal();
    vm_set_signal(SIGPIPE, on_signal, 0); // also if it was ignored
    int count;
    const int *ends = vm_process_stopping_signals(&count);
    for (int i = 0; i < count && run.is_stopped_by_signals; i++) {
        if (ends[i] == SIGALRM && has_timer) continue;
        vm_take_signal(NULL, ends[i], ends[i] == SIGHUP && run.reopens_log ? on_hangup : on_signal, 0);
    }
    // A parent may have left them blocked; a run that cannot be stopped is worse.
    static const int always[] = {SIGPIPE, SIGALRM, SIGINT, SIGTERM, SIGHUP};
    sigset_t caught;
    sigemptyset(&caught);
    for (int i = 0; i < (run.is_stopped_by_signals ? 5 : 2); i++) sigaddset(&caught, always[i]);
    pthread_sigmask(SIG_UNBLOCK, &caught, NULL);
}

void vm_process_stop_watching(void *owner) {
    if (!is_watched || run.owner != owner) return; // another run has replaced it
    is_watched = 0;
    disarm();
    while (is_over) pause(); // the process is ending, and the ending thread still reads these fields
}
