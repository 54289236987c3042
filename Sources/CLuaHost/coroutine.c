// coroutine.resume, wrap, status, close, yield and pcall, xpcall: as in Lua 5.4, with two differences:
// (a) a coroutine that waits for the host passes the marker up to its task, has status "normal" and can
// be neither resumed nor closed by other code; (b) an interrupt during the call is raised
// again instead of being returned as `false, err`, so that no loop around pcall can ignore it. For that each call
// remembers which interrupt its task had answered at the start, not which was pending: an interrupt that arrives
// just before counts as one that comes during the call.
#include "host.h"

#include <string.h>

// Scripts switch millions of times: what each switch runs is one function, for resume and for wrap.
#define INLINED static inline __attribute__((always_inline))

static lua_State *check_coroutine(lua_State *L, int index) {
    lua_State *co = lua_tothread(L, index);
    luaL_argexpected(L, co != NULL, index, "thread");
    return co;
}

INLINED bool ends_in_marker(lua_State *co, int count) {
    return count > 0 && lua_touserdata(co, -1) == &vm_marker;
}

static bool waits_for_host(lua_State *co) {
    return lua_status(co) == LUA_YIELD && ends_in_marker(co, lua_gettop(co));
}

static bool is_task_body(lua_State *L) {
    const task *t = host_of(L)->task;
    return t->co == L;
}

static int answered(lua_State *L) {
    return host_of(L)->task->answered;
}

// The status of a coroutine as seen by `L`, in the words of coroutine.status.
static const char *status_of(lua_State *L, lua_State *co) {
    if (L == co) return "running";
    switch (lua_status(co)) {
    case LUA_YIELD:
        return waits_for_host(co) ? "normal" : "suspended";
    case LUA_OK: {
        lua_Debug info;
        if (lua_getstack(co, 0, &info)) return "normal"; // it has resumed another
        return lua_gettop(co) == 0 || vm_is_done_task(co) ? "dead" : "suspended";
    }
    default:
        return "dead";
    }
}

// Whether the status of `co` is "suspended". Each switch comes through here, so it compares no words.
INLINED bool is_suspended(lua_State *L, lua_State *co) {
    lua_Debug info;
    switch (lua_status(co)) {
    case LUA_YIELD:
        return host_of(L)->suspended == 0 || !ends_in_marker(co, lua_gettop(co));
    case LUA_OK: // it has not begun, or it runs, or it is over
        return L != co && lua_gettop(co) > 0 && !lua_getstack(co, 0, &info) && lua_touserdata(co, 1) != &vm_marker;
    default:
        return false;
    }
}

// Resumes `co` with `arguments` values from its stack. Returns the number of values it left on
// its stack, -1 if it failed (the error is on its stack), -2 if it waits for the host.
enum { FAILED = -1, WAITS = -2 };
INLINED int resume(lua_State *L, lua_State *co, int arguments) {
    vm_lua *host = host_of(L);
    frame f;
    int results = 0;
    vm_enter(host, &f, co, L, true);
    int status = lua_resume(co, L, arguments, &results);
    vm_leave(host, &f);
    if (status == LUA_YIELD && host->has_marked) {
        host->has_marked = false;
        if (ends_in_marker(co, results)) return WAITS;
    }
    return status == LUA_OK || status == LUA_YIELD ? results : FAILED;
}

// Moves the arguments to `co`. If it cannot be resumed, the reason replaces them on L.
INLINED bool begin(lua_State *L, lua_State *co, int arguments) {
    bool can_begin = is_suspended(L, co);
    if (can_begin && lua_checkstack(co, arguments + 1)) {
        lua_xmove(L, co, arguments);
        return true;
    }
    const char *problem = can_begin        ? "too many arguments to resume"
        : status_of(L, co)[0] == 'd' ? "cannot resume dead coroutine"
                                           : "cannot resume non-suspended coroutine";
    lua_settop(L, lua_gettop(L) - arguments);
    lua_pushstring(L, problem);
    return false;
}

// Whether L has room for the results and two more. Without a check it has "at least LUA_MINSTACK" (manual §4.2) beside
// the arguments, of which the functions below have used a few.
INLINED bool has_room(lua_State *L, lua_State *co, int results) {
    enum { SURE = LUA_MINSTACK / 2 };
    if (results <= SURE || lua_checkstack(L, results + 2)) return true;
    lua_pop(co, results);
    lua_pushliteral(L, "too many results to resume");
    return false;
}

static int pass_up(lua_State *L, int before, lua_KFunction continuation) {
    vm_push_marker(L);
    return lua_yieldk(L, 1, before, continuation);
}

static int resume_again(lua_State *co) {
    lua_pop(co, 1); // the marker
    return 0;
}

// coroutine.resume. The coroutine stays at index 1.

// Returns false and the error, which is on top.
static int return_error(lua_State *L) {
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

INLINED int end_resume(lua_State *L, lua_State *co, int outcome, int before, lua_KFunction continuation) {
    if (outcome == WAITS) return pass_up(L, before, continuation);
    if (outcome >= 0 && has_room(L, co, outcome)) {
        lua_pushboolean(L, 1);
        lua_xmove(co, L, outcome);
        return outcome + 1;
    }
    if (outcome == FAILED) lua_xmove(co, L, 1);
    vm_raise_again(L, before);
    vm_forget_trace(L);
    return return_error(L);
}

static int continue_resume(lua_State *L, int status, lua_KContext before) {
    (void)status;
    lua_State *co = lua_tothread(L, 1);
    return end_resume(L, co, resume(L, co, resume_again(co)), (int)before, continue_resume);
}

static int co_resume(lua_State *L) {
    lua_State *co = check_coroutine(L, 1);
    int before = answered(L);
    int arguments = lua_gettop(L) - 1;
    if (!begin(L, co, arguments)) return return_error(L);
    return end_resume(L, co, resume(L, co, arguments), before, continue_resume);
}

// Closes `co`: its pending `<close>` variables run, in it, and cannot be suspended.
static int close_coroutine(lua_State *L, lua_State *co) {
    vm_lua *host = host_of(L);
    frame f;
    vm_enter(host, &f, co, NULL, false);
    int status = lua_resetthread(co);
    vm_leave(host, &f);
    return status;
}

// Pushes the place where wrap's function was called, unless the host itself did: a script did not write that line.
static void push_caller(lua_State *L) {
    lua_Debug info;
    bool is_own = lua_getstack(L, 1, &info) && lua_getinfo(L, "S", &info) && strcmp(info.short_src, "[vmoon]") == 0;
    if (is_own)
        lua_pushliteral(L, "");
    else
        luaL_where(L, 1);
}

// coroutine.wrap's function. The coroutine is upvalue 1.
static int fail_wrap(lua_State *L, lua_State *co, int before) {
    int status = lua_status(co);
    if (status != LUA_OK && status != LUA_YIELD) {
        status = close_coroutine(L, co);
        lua_xmove(co, L, 1);
    }
    vm_raise_again(L, before);
    if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
        push_caller(L);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

INLINED int end_wrap(lua_State *L, lua_State *co, int outcome, int before, lua_KFunction continuation) {
    if (outcome == WAITS) return pass_up(L, before, continuation);
    if (outcome >= 0 && has_room(L, co, outcome)) {
        lua_xmove(co, L, outcome);
        return outcome;
    }
    if (outcome == FAILED) lua_xmove(co, L, 1);
    return fail_wrap(L, co, before);
}

static int continue_wrap(lua_State *L, int status, lua_KContext before) {
    (void)status;
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    return end_wrap(L, co, resume(L, co, resume_again(co)), (int)before, continue_wrap);
}

static int call_wrap(lua_State *L) {
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    int before = answered(L);
    int arguments = lua_gettop(L);
    if (!begin(L, co, arguments)) return fail_wrap(L, co, before);
    return end_wrap(L, co, resume(L, co, arguments), before, continue_wrap);
}

static int co_wrap(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    lua_pushcclosure(L, call_wrap, 1);
    return 1;
}

static int co_status(lua_State *L) {
    lua_pushstring(L, status_of(L, check_coroutine(L, 1)));
    return 1;
}

static int co_close(lua_State *L) {
    lua_State *co = check_coroutine(L, 1);
    const char *status = status_of(L, co);
    if (status[0] != 's' && status[0] != 'd')
        return luaL_error(L, "cannot close a %s coroutine", status);
    int before = answered(L);
    // A finished task is dead, and its results are for those who join it.
    if (vm_is_done_task(co) || close_coroutine(L, co) == LUA_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushboolean(L, 0);
    lua_xmove(co, L, 1);
    vm_raise_again(L, before);
    return 2;
}

// A task is not a coroutine of a script's: it has no resumer to yield to.
static int co_yield(lua_State *L) {
    if (is_task_body(L)) return luaL_error(L, "attempt to yield from outside a coroutine");
    return lua_yield(L, lua_gettop(L));
}

static int co_isyieldable(lua_State *L) {
    lua_State *co = lua_isnone(L, 1) ? L : check_coroutine(L, 1);
    lua_pushboolean(L, lua_isyieldable(co) && !(co == L && is_task_body(L)));
    return 1;
}

// pcall, xpcall and load

static bool is_success(int status) {
    return status == LUA_OK || status == LUA_YIELD;
}

static int end_pcall(lua_State *L, int status, lua_KContext before) {
    if (is_success(status)) return lua_gettop(L);
    vm_raise_again(L, (int)before);
    vm_forget_trace(L);
    return return_error(L);
}

static int protected_call(lua_State *L) {
    luaL_checkany(L, 1);
    int before = answered(L);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, before, end_pcall);
    return end_pcall(L, status, before);
}

static bool is_cancellation(lua_State *L, int index) {
    if (!lua_istable(L, index)) return false;
    lua_pushliteral(L, "kind");
    lua_rawget(L, index - 1);
    const char *kind = lua_tostring(L, -1);
    bool found = kind != NULL && strcmp(kind, "cancelled") == 0;
    lua_pop(L, 1);
    return found;
}

static int end_xpcall(lua_State *L, int status, lua_KContext before) {
    if (is_success(status)) return lua_gettop(L) - 2; // without the function and its handler
    // Even if the handler has replaced the error, a stopping task continues to stop.
    if (answered(L) > before && !is_cancellation(L, -1)) vm_push_cancelled(L);
    vm_raise_again(L, (int)before);
    vm_forget_trace(L);
    return return_error(L);
}

// The handler stays at index 2: see in_message_handler.
int vm_protected_call_with_handler(lua_State *L) {
    int count = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    int before = answered(L);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2); // function, handler, true, function, arguments …
    int status = lua_pcallk(L, count - 2, LUA_MULTRET, 2, before, end_xpcall);
    return end_xpcall(L, status, before);
}

// Lua's own `load` catches errors of a function that returns the source in pieces.
static int load_chunk(lua_State *L) {
    int before = answered(L);
    int count = host_of(L)->load(L);
    if (count == 2 && lua_isnil(L, -2)) vm_raise_again(L, before);
    return count;
}

void vm_open_coroutines(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"resume", co_resume}, {"wrap", co_wrap}, {"status", co_status}, {"close", co_close},
        {"yield", co_yield}, {"isyieldable", co_isyieldable}, {NULL, NULL}};
    lua_getglobal(L, "coroutine");
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
    lua_pushcfunction(L, protected_call);
    lua_setglobal(L, "pcall");
    lua_pushcfunction(L, vm_protected_call_with_handler);
    lua_setglobal(L, "xpcall");
    lua_getglobal(L, "load");
    host_of(L)->load = lua_tocfunction(L, -1);
    lua_pop(L, 1);
    lua_pushcfunction(L, load_chunk);
    lua_setglobal(L, "load");
}
