// Stopping a script. Nothing is installed while it runs undisturbed: a count hook costs a factor of
// two to four. An interrupt sets a number, arms a hook on the coroutine that runs, and wakes the
// loop. Each task answers it once, by raising; `<close>` handlers and the log-out then work as usual, however
// often the task is told again. pcall, xpcall, resume and load raise again what an interrupt raised in them.
#define _GNU_SOURCE // sigabbrev_np
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// Signals reach one interpreter of the process, in the thread that runs it.
static vm_lua *volatile catcher;
static pthread_t catcher_thread;
static volatile sig_atomic_t signals_seen;

// How urgently a task has to stop: it may clean up, or not even that.
enum { GOES_ON = 0, STOPS = 1, FORCED = 2 };

static int urgency(const vm_lua *host, const task *t) {
    if (host->forced) return FORCED;
    if (t->is_cancelled) return STOPS;
    return host->reason != 0 && !t->is_late ? STOPS : GOES_ON;
}

bool vm_has_unanswered_interrupt(vm_lua *host, const task *t) {
    return urgency(host, t) > t->answered;
}

const char *vm_why_stopped(const vm_lua *host, const task *t) {
    static char text[48];
    int reason = host->reason;
    switch (reason) {
    case 0: return t->is_cancelled ? "the task was cancelled" : "stopped";
    case SIGPIPE: return "nobody reads the output any more";
    case VM_LUA_DEADLINE: return "the deadline was reached";
    case VM_LUA_EXIT: return "os.exit was called";
    }
    const char *name = reason > 0 ? sigabbrev_np(reason) : NULL;
    if (name != NULL)
        snprintf(text, sizeof text, "stopped by SIG%s", name);
    else
        snprintf(text, sizeof text, reason > 0 ? "stopped by signal %d" : "stopped", reason);
    return text;
}

void vm_answer_interrupt(vm_lua *host) {
    host->task->answered = urgency(host, host->task);
}

// Whether a message handler of a script's runs: an error in it calls it once more. A function that is one and is
// called in the ordinary way counts too; its callers are then left in the same way, which harms nobody. Only the
// nearest levels are looked at: each look walks the stack from its top.
static bool in_message_handler(lua_State *L) {
    enum { DEEPEST = 200 };
    lua_Debug info;
    for (int level = 0; level < DEEPEST && lua_getstack(L, level, &info); level++) {
        lua_getinfo(L, "f", &info);
        bool is_xpcall = lua_tocfunction(L, -1) == vm_protected_call_with_handler;
        lua_pop(L, 1);
        if (!is_xpcall || lua_getlocal(L, &info, 2) == NULL) continue;
        for (int above = 0; above < level; above++) {
            lua_Debug other;
            if (!lua_getstack(L, above, &other)) break;
            lua_getinfo(L, "f", &other);
            bool found = lua_rawequal(L, -1, -2);
            lua_pop(L, 1);
            if (!found) continue;
            lua_pop(L, 1);
            return true;
        }
        lua_pop(L, 1);
    }
    return false;
}

// Ends a message handler. An ordinary error would call it once more, and from within a hook, where no hook stops
// it again; but "for memory allocation errors Lua does not call the message handler" (manual §4.4.1), and nobody has
// so much. The xpcall that it belongs to then raises what has to be.
static void leave_handler(lua_State *L) {
    lua_newuserdatauv(L, (size_t)1 << 62, 0);
}

int vm_raise_cancelled(lua_State *L) {
    vm_lua *host = host_of(L);
    // What is raised in a finalizer ends only that: the interrupt is still to be answered.
    if (!vm_in_finalizer(L)) {
        host->task->answered = urgency(host, host->task);
        host->task->is_deferred = false;
        if (in_message_handler(L)) leave_handler(L);
    }
    vm_push_cancelled(L);
    return lua_error(L);
}

void vm_push_cancelled(lua_State *L) {
    const vm_lua *host = host_of(L);
    lua_createtable(L, 0, 3);
    lua_pushliteral(L, "cancelled");
    lua_setfield(L, -2, "kind");
    lua_pushstring(L, vm_why_stopped(host, host->task));
    lua_setfield(L, -2, "message");
    lua_pushliteral(L, "none");
    lua_setfield(L, -2, "outcome");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &vm_key_error);
    lua_setmetatable(L, -2);
}

void vm_check_interrupt(lua_State *L) {
    vm_lua *host = host_of(L);
    if (vm_has_unanswered_interrupt(host, host->task)) vm_raise_cancelled(L);
}

void vm_raise_again(lua_State *L, int answered) {
    vm_lua *host = host_of(L);
    if (host->task->answered > answered) {
        if (in_message_handler(L)) leave_handler(L);
        lua_error(L);
    }
    // What became of a change is the script's to handle first.
    if (!host->task->is_deferred) vm_check_interrupt(L);
}

enum { EVERYTHING = LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT };

// A script has 10,000 instructions to take in what became of a change: to put the machine where its clean-up finds it.
// They are counted in slices, since a switch to another coroutine begins a count anew.
enum { SLICE = 100, SLICES = 100 };

// The hook that an interrupt arms. When the time is over it raises everywhere; only the verdict of a change is still
// taken in. A hook of the script's own is put back first.
static void stop(lua_State *L, lua_Debug *info) {
    (void)info;
    vm_lua *host = host_of(L);
    if (host->task->is_deferred && --host->task->slices > 0) {
        lua_sethook(L, stop, LUA_MASKCOUNT, SLICE);
        return;
    }
    host->task->is_deferred = false;
    if (host->forced) {
        lua_sethook(L, stop, EVERYTHING, 1);
        vm_raise_cancelled(L);
    }
    bool had_own = host->hooked == L;
    lua_sethook(L, had_own ? host->saved_hook : NULL, had_own ? host->saved_mask : 0,
        had_own ? host->saved_count : 0);
    host->hooked = NULL;
    vm_check_interrupt(L);
}

// Async-signal-safe: lua_sethook may be called from a handler (manual §4.7, and lua.c does so).
static void arm(vm_lua *host, lua_State *L) {
    if (L == NULL) return;
    lua_Hook own = lua_gethook(L);
    if (own == stop) return;
    if (own != NULL) {
        host->saved_hook = own;
        host->saved_mask = lua_gethookmask(L);
        host->saved_count = lua_gethookcount(L);
        host->hooked = L;
    }
    lua_sethook(L, stop, EVERYTHING, 1);
}

// A handler armed the coroutine that ran then; another runs now.
void vm_after_switch(vm_lua *host) {
    if (!host->forced && host->reason == 0 && !host->task->is_cancelled) return;
    if (!vm_has_unanswered_interrupt(host, host->task)) return;
    arm(host, host->running);
    if (!host->task->is_deferred) return;
    if (--host->task->slices > 0)
        lua_sethook(host->running, stop, LUA_MASKCOUNT, SLICE);
    else
        host->task->is_deferred = false;
}

void vm_defer_interrupt(lua_State *L) {
    vm_lua *host = host_of(L);
    host->task->is_deferred = true;
    host->task->slices = SLICES;
    vm_after_switch(host);
}

static void wake_loop(const vm_lua *lua) {
    if (lua->wake < 0) return;
    int saved = errno;
    uint64_t one = 1;
    ssize_t written = write(lua->wake, &one, sizeof one);
    (void)written; // a full eventfd is awake anyway
    errno = saved;
}

void vm_lua_interrupt(vm_lua *lua, int reason) {
    if (lua->reason == 0) {
        lua->reason = reason;
        vm_watch_interrupt(lua);
    }
    lua->epoch++;
    arm(lua, lua->running);
    wake_loop(lua);
}

int vm_lua_interrupted(const vm_lua *lua) {
    return lua->reason;
}

void vm_lua_clear_interrupt(vm_lua *lua) {
    vm_calm_watchdog(lua);
    // Tasks that have not heard of it yet still stop; the next one is for all.
    for (task *t = lua->tasks; t != NULL; t = t->next) {
        if (vm_has_unanswered_interrupt(lua, t)) t->is_cancelled = true;
        if (!t->is_cancelled) t->answered = GOES_ON;
        t->is_late = false;
    }
    lua->forced = 0;
    lua->reason = 0;
    signals_seen = 0;
    lua->main_task.answered = GOES_ON;
    lua->main_task.is_deferred = false;
}

void vm_lua_force_stop(vm_lua *lua) {
    lua->forced = 1;
    lua->epoch++;
    arm(lua, lua->running);
    wake_loop(lua); // a clean-up may wait there: for a log-out that hangs
}

bool vm_lua_is_forced(const vm_lua *lua) {
    return lua->forced != 0;
}

bool vm_lua_is_hastened(void) {
    return signals_seen > 1;
}

// Leave at once, by the signal itself.
void vm_die_by(int number) {
    vm_lua_release_output();
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigaction(number, &action, NULL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    raise(number);
}

unsigned vm_lua_interrupt_count(void) {
    const vm_lua *lua = catcher;
    return lua == NULL ? 0 : lua->epoch;
}

enum { SAME_REQUEST_MS = 50 };

void vm_on_signal(int number) {
    vm_lua *lua = catcher;
    if (lua == NULL) { // the interpreter is closed: there is nothing left to stop but the process
        if (number != SIGPIPE) vm_die_by(number);
        return;
    }
    if (!pthread_equal(pthread_self(), catcher_thread)) {
        pthread_kill(catcher_thread, number);
        return;
    }
    if (number == SIGPIPE) {
        if (!lua->in_host && lua->reason == 0) vm_lua_interrupt(lua, SIGPIPE);
        return; // inside a transfer it is libcurl's business
    }
    // timeout(1) signals its child and then the child's group, and a shell does much the same when its terminal
    // hangs up: that is one request.
    static volatile sig_atomic_t first;
    static struct timespec since;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now); // async-signal-safe (signal-safety(7))
    if (signals_seen > 0) {
        long long passed = (now.tv_sec - since.tv_sec) * 1000LL + (now.tv_nsec - since.tv_nsec) / 1000000;
        if (number == first && passed < SAME_REQUEST_MS) return;
        if (signals_seen > 1) vm_die_by(number);
    }
    signals_seen++;
    first = number;
    since = now;
    // The second leaves no more time: what is waited for is given up. Where even that is not heard, the watchdog
    // logs out and ends the process.
    if (signals_seen > 1)
        vm_hasten(lua);
    else
        vm_lua_interrupt(lua, number);
}

static volatile sig_atomic_t wants_reopening, has_terminal, has_hung_up;

static bool reaches_terminal(void) {
    int saved = errno;
    int terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (terminal >= 0) close(terminal);
    errno = saved;
    return terminal >= 0;
}

// The kernel says itself when a terminal hangs up; a shell passes that on to its jobs, as anybody else would.
static void on_hangup(int number, siginfo_t *info, void *context) {
    (void)context;
    if (info->si_code == SI_KERNEL || (has_terminal && !reaches_terminal())) has_hung_up = 1;
    if (has_hung_up) {
        vm_on_signal(number);
        return;
    }
    wants_reopening = 1;
    if (catcher != NULL) wake_loop(catcher);
}

void vm_lua_reopen_on_hangup(void) {
    struct sigaction old, action = {.sa_sigaction = on_hangup, .sa_flags = SA_SIGINFO};
    if (sigaction(SIGHUP, NULL, &old) != 0 || old.sa_handler != vm_on_signal) return;
    has_terminal = reaches_terminal();
    sigemptyset(&action.sa_mask);
    sigaction(SIGHUP, &action, NULL);
}

bool vm_lua_take_reopening(void) {
    if (!wants_reopening) return false;
    wants_reopening = 0;
    return true;
}

void vm_lua_catch_signals(vm_lua *lua, const int *signals, int count, int wake) {
    lua->wake = wake;
    catcher_thread = pthread_self();
    catcher = lua;
    signals_seen = 0;
    struct sigaction action = {.sa_handler = vm_on_signal}, old;
    sigemptyset(&action.sa_mask);
    sigset_t caught;
    sigemptyset(&caught);
    sigaddset(&caught, SIGPIPE);
    sigaction(SIGPIPE, &action, NULL);
    for (int i = 0; i < count; i++) {
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN) continue;
        sigaction(signals[i], &action, NULL);
        if (signals[i] == SIGINT || signals[i] == SIGTERM || signals[i] == SIGHUP) sigaddset(&caught, signals[i]);
    }
    vm_open_watchdog(lua);
    // A parent may have left them blocked; a run that nothing can stop is worse.
    pthread_sigmask(SIG_UNBLOCK, &caught, NULL);
}

void vm_forget_signals(vm_lua *lua) {
    if (catcher == lua) catcher = NULL;
    vm_close_watchdog(lua);
}
