// Stopping a script. Nothing is installed while it runs undisturbed: a count hook costs a factor of
// two to four. An interrupt sets a number, arms a hook on the coroutine that runs, and wakes the
// loop. Each task answers it once, by raising; `<close>` handlers and the log-out then work as usual.
// pcall, xpcall and resume raise again what an interrupt raised in them (coroutine.c).
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Signals reach one interpreter of the process, in the thread that runs it.
static vm_lua *volatile catcher;
static pthread_t catcher_thread;
static volatile sig_atomic_t signals_seen;

// Grows with every interrupt that concerns the running task.
unsigned epoch_of(vm_lua *host) {
    return host->epoch + host->task->cancels;
}

bool has_unanswered_interrupt(vm_lua *host, const task *t) {
    return t->seen_epoch != host->epoch + t->cancels;
}

const char *why_stopped(const vm_lua *host, const task *t) {
    if (t->cancels > 0 && host->epoch == 0) return "the task was cancelled";
    switch (host->reason) {
    case SIGINT: return "stopped by SIGINT";
    case SIGTERM: return "stopped by SIGTERM";
    case SIGHUP: return "stopped by SIGHUP";
    case SIGPIPE: return "nobody reads the output any more";
    default: return host->reason < 0 ? "the deadline was reached" : "stopped";
    }
}

int raise_cancelled(lua_State *L) {
    vm_lua *host = host_of(L);
    host->task->seen_epoch = host->epoch + host->task->cancels;
    lua_createtable(L, 0, 3);
    lua_pushliteral(L, "cancelled");
    lua_setfield(L, -2, "kind");
    lua_pushstring(L, why_stopped(host, host->task));
    lua_setfield(L, -2, "message");
    lua_pushliteral(L, "none");
    lua_setfield(L, -2, "outcome");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_error);
    lua_setmetatable(L, -2);
    return lua_error(L);
}

void check_interrupt(lua_State *L) {
    vm_lua *host = host_of(L);
    if (has_unanswered_interrupt(host, host->task)) raise_cancelled(L);
}

// The hook that an interrupt arms. A hook of the script's own is put back first.
static void stop(lua_State *L, lua_Debug *info) {
    (void)info;
    vm_lua *host = host_of(L);
    if (host->forced) {
        raise_cancelled(L);
        return;
    }
    bool had_own = host->hooked == L;
    lua_sethook(L, had_own ? host->saved_hook : NULL, had_own ? host->saved_mask : 0,
        had_own ? host->saved_count : 0);
    host->hooked = NULL;
    check_interrupt(L);
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
    lua_sethook(L, stop, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

// A handler armed the coroutine that ran then; another runs now.
void after_switch(vm_lua *host) {
    if (host->forced || (host->epoch != 0 && has_unanswered_interrupt(host, host->task)))
        arm(host, host->running);
}

void vm_lua_interrupt(vm_lua *lua, int reason) {
    if (lua->reason == 0) {
        lua->reason = reason;
        watch_interrupt(lua);
    }
    lua->epoch++;
    arm(lua, lua->running);
    if (lua->wake >= 0) {
        int saved = errno;
        uint64_t one = 1;
        ssize_t written = write(lua->wake, &one, sizeof one);
        (void)written; // a full eventfd is awake anyway
        errno = saved;
    }
}

int vm_lua_interrupted(const vm_lua *lua) {
    return lua->reason;
}

void vm_lua_clear_interrupt(vm_lua *lua) {
    calm_watchdog(lua);
    lua->forced = 0;
    lua->reason = 0;
    signals_seen = 0;
    lua->main_task.seen_epoch = lua->epoch;
}

void vm_lua_force_stop(vm_lua *lua) {
    lua->forced = 1;
    lua->epoch++;
    arm(lua, lua->running);
}

// The second signal: leave at once, by the signal itself.
void die_by(int number) {
    vm_lua_release_output();
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigaction(number, &action, NULL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    raise(number);
}

static void on_signal(int number) {
    vm_lua *lua = catcher;
    if (lua == NULL) return;
    if (!pthread_equal(pthread_self(), catcher_thread)) {
        pthread_kill(catcher_thread, number);
        return;
    }
    if (number == SIGPIPE) {
        if (!lua->in_host && lua->reason == 0) vm_lua_interrupt(lua, SIGPIPE);
        return; // inside a transfer it is libcurl's business
    }
    if (signals_seen++ > 0) die_by(number);
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
        on_signal(number);
        return;
    }
    wants_reopening = 1;
    vm_lua *lua = catcher;
    if (lua == NULL || lua->wake < 0) return;
    int saved = errno;
    uint64_t one = 1;
    ssize_t written = write(lua->wake, &one, sizeof one);
    (void)written;
    errno = saved;
}

void vm_lua_reopen_on_hangup(void) {
    struct sigaction old, action = {.sa_sigaction = on_hangup, .sa_flags = SA_SIGINFO};
    if (sigaction(SIGHUP, NULL, &old) != 0 || old.sa_handler != on_signal) return;
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
    struct sigaction action = {.sa_handler = on_signal}, old;
    sigemptyset(&action.sa_mask);
    sigset_t caught;
    sigemptyset(&caught);
    sigaddset(&caught, SIGPIPE);
    sigaction(SIGPIPE, &action, NULL);
    for (int i = 0; i < count; i++) {
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN) continue;
        sigaction(signals[i], &action, NULL);
        sigaddset(&caught, signals[i]);
    }
    open_watchdog(lua);
    // A parent may have left them blocked; a run that nothing can stop is worse.
    pthread_sigmask(SIG_UNBLOCK, &caught, NULL);
}

void forget_signals(vm_lua *lua) {
    if (catcher == lua) catcher = NULL;
    close_watchdog(lua);
}
