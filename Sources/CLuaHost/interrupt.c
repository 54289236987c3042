// Stopping a script. No hook is set while it runs undisturbed: a count hook slows it down by a factor of
// two to four. An interrupt sets a number, sets a hook on the running coroutine, and wakes the
// loop. Each task answers it once, by raising; `<close>` handlers and the log-out then work as usual, even if
// the task is told again. pcall, xpcall, resume and load raise an interrupt again that was raised in them.
#define _GNU_SOURCE // sigabbrev_np
#include "host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// How urgently a task has to stop: STOPS allows clean-up, FORCED does not.
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
    case VM_LUA_REACHED: return "the step of --until has ended";
    case VM_LUA_LOST: return "another run has taken the lock";
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

// Whether a message handler of a script runs: an error in it would call it again. A handler function that is
// called as an ordinary one counts too; leaving its callers in the same way is harmless. Only the
// nearest levels are checked: each access walks the stack from its top.
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

// Ends a message handler. An ordinary error would call it again, inside a hook, where no hook can stop
// it; but "for memory allocation errors Lua does not call the message handler" (manual §4.4.1), so this asks for
// an impossible amount of memory. The xpcall that it belongs to then raises the right error.
static void leave_handler(lua_State *L) {
    lua_newuserdatauv(L, (size_t)1 << 62, 0);
}

int vm_raise_cancelled(lua_State *L) {
    vm_lua *host = host_of(L);
    // An error in a finalizer ends only the finalizer: the interrupt is still to be answered.
    if (!vm_in_finalizer(L)) {
        host->task->answered = urgency(host, host->task);
        host->task->is_deferred = false;
        if (in_message_handler(L)) leave_handler(L);
    }
    vm_push_cancelled(L);
    return lua_error(L);
}

void vm_push_cancelled(lua_State *L) {
    vm_push_reason(L, host_of(L)->task);
}

void vm_push_reason(lua_State *L, const task *t) {
    lua_createtable(L, 0, 3);
    lua_pushliteral(L, "cancelled");
    lua_setfield(L, -2, "kind");
    lua_pushstring(L, vm_why_stopped(host_of(L), t));
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
    // The script handles the outcome of its change first.
    if (!host->task->is_deferred) vm_check_interrupt(L);
}

enum { EVERYTHING = LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT };

// A script has 10,000 instructions to handle the outcome of a change: to store the machine where its clean-up finds it.
// They are counted in slices, since each switch to another coroutine restarts the count.
enum { SLICE = 100, SLICES = 100 };

// The hook that an interrupt sets. When the run is forced to stop it raises everywhere, after the verdict of a change
// has been handled. A hook of the script is restored first.
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

// A handler set the hook on the coroutine that ran then; now another one runs.
void vm_stop_after_switch(vm_lua *host) {
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
    (void)written; // a full eventfd wakes the loop anyway
    errno = saved;
}

static void interrupt(vm_lua *lua, int reason) {
    if (lua->reason == 0) lua->reason = reason;
    lua->epoch++;
    arm(lua, lua->running);
    wake_loop(lua);
}

bool vm_lua_interrupt_from_handler(void *lua, int reason) {
    const vm_lua *host = lua;
    if (reason == SIGPIPE && (host->in_host || host->reason != 0)) return false;
    interrupt(lua, reason);
    return true;
}

void vm_lua_interrupt(vm_lua *lua, int reason) {
    bool is_first = lua->reason == 0;
    interrupt(lua, reason);
    if (is_first) lua->callbacks.interrupted(lua->callbacks.context, reason);
}

int vm_lua_interrupted(const vm_lua *lua) {
    return lua->reason;
}

void vm_lua_clear_interrupt(vm_lua *lua) {
    // Tasks that have not answered it yet still stop; the next interrupt is for all.
    for (task *t = lua->tasks; t != NULL; t = t->next) {
        if (vm_has_unanswered_interrupt(lua, t)) t->is_cancelled = true;
        if (!t->is_cancelled) t->answered = GOES_ON;
        t->is_late = false;
    }
    lua->forced = 0;
    lua->reason = 0;
    lua->main_task.answered = GOES_ON;
    lua->main_task.is_deferred = false;
}

void vm_lua_force_stop(void *lua) {
    vm_lua *host = lua;
    host->forced = 1;
    host->epoch++;
    arm(host, host->running);
    wake_loop(host); // a clean-up may wait there, for example for a log-out that hangs
}

void vm_lua_set_wake(vm_lua *lua, int descriptor) {
    lua->wake = descriptor;
}

bool vm_lua_is_forced(const vm_lua *lua) {
    return lua->forced != 0;
}
