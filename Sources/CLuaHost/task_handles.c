// The tasks of a script: spawn(f, …), and a handle with join() and cancel(). The scheduler is in tasks.c.
#include "tasks.h"

#include <stdlib.h>

static const char key_handles = 'h'; // registry: the metatable of tasks' handles
static const char *const handle_name = "vmoon.task";

static task **check_handle(lua_State *L) {
    return luaL_checkudata(L, 1, handle_name);
}

// NULL: the handle's own finalizer has run, and another one still uses it.
static task *find_task(lua_State *L) {
    return *check_handle(L);
}

static bool is_callable(lua_State *L, int index) {
    if (lua_isfunction(L, index)) return true;
    bool found = luaL_getmetafield(L, index, "__call") != LUA_TNIL;
    if (found) lua_pop(L, 1);
    return found;
}

static int spawn(lua_State *L) {
    vm_check_interrupt(L);
    vm_lua *host = host_of(L);
    if (!is_callable(L, 1)) return vm_raise_usage(L, "spawn: the first argument must be a function");
    if (host->is_closing) return vm_raise_usage(L, "spawn: the run is over, and no task can begin");
    int count = lua_gettop(L);
    task **handle = lua_newuserdatauv(L, sizeof *handle, 1);
    *handle = NULL;
    luaL_setmetatable(L, handle_name);
    lua_State *co = lua_newthread(L);
    lua_setiuservalue(L, -2, 1);
    if (!lua_checkstack(co, count + 2)) return luaL_error(L, "too many arguments to spawn");
    task *t = calloc(1, sizeof *t);
    if (t == NULL) return luaL_error(L, "not enough memory");
    *t = (task){.host = host, .co = co, .references = 1, .is_late = host->reason != 0};
    t->step = vm_is_at_step(host) ? host->task->step : 0;
    t->inherits_step = t->step != 0;
    *handle = t;
    bool is_inside = host->task != &host->main_task && !vm_can_yield(L);
    t->region = is_inside ? host->task : host->task->region;
    if (t->region != NULL) t->region->references++;
    lua_pushvalue(L, -1);
    vm_anchor_task(L, t);
    // From here on nothing raises.
    lua_pushcfunction(co, vm_run_task);
    for (int i = 1; i <= count; i++) lua_pushvalue(L, i);
    lua_xmove(L, co, count);
    vm_add_task(t);
    return 1;
}

// The handle of the task is on the stack: nothing else keeps it from here on.
int vm_raise_failure(lua_State *L, task *t) {
    t->is_joined = true;
    vm_drop_task(L, t);
    lua_State *co = t->co;
    if (!lua_checkstack(co, 2)) return luaL_error(L, "not enough memory");
    if (vm_is_done_task(co) && lua_istable(co, -2)) {
        lua_pushvalue(co, -2);
        lua_xmove(co, L, 1);
        vm_set_trace(L);
    }
    if (t->has_left || !lua_isnil(co, -1) || lua_gettop(co) != 3) {
        lua_pushvalue(co, -1);
        lua_xmove(co, L, 1);
    } else {
        vm_push_reason(L, t);
    }
    return lua_error(L);
}

// As above, for a task that may have succeeded.
static int push_outcome(lua_State *L, task *t) {
    if (t->failed) return vm_raise_failure(L, t);
    t->is_joined = true;
    vm_drop_task(L, t);
    int count = lua_gettop(t->co) - 1; // without the marker
    if (!lua_checkstack(t->co, count) || !lua_checkstack(L, count))
        return luaL_error(L, "too many results of a task");
    for (int i = 2; i <= count + 1; i++) lua_pushvalue(t->co, i);
    lua_xmove(t->co, L, count);
    return count;
}

static int after_join(lua_State *L, int status, lua_KContext context) {
    (void)status;
    vm_lua *host = host_of(L);
    vm_release_call((call *)context);
    if (vm_has_unanswered_interrupt(host, host->task)) return vm_raise_cancelled(L);
    return push_outcome(L, find_task(L));
}

// The callback that cannot be suspended and that waits now, if any: only tasks that were started in it go on.
static const task *region_of(lua_State *L) {
    const vm_lua *host = host_of(L);
    if (vm_can_yield(L)) return host->task->region;
    return host->task != &host->main_task ? host->task : NULL;
}

static int join(lua_State *L) {
    vm_check_interrupt(L);
    vm_lua *host = host_of(L);
    task *t = find_task(L);
    lua_settop(L, 1);
    if (t == NULL) return vm_raise_usage(L, "the task was collected together with what joins it");
    if (t->state == TASK_DONE) return push_outcome(L, t);
    if (t == host->task) return vm_raise_usage(L, "a task cannot join itself");
    if (vm_in_finalizer(L)) return vm_raise_usage(L, "a finalizer cannot join a task: it could never end");
    const task *region = region_of(L);
    if (region != NULL && !vm_is_in_region(t, region))
        return vm_raise_usage(L, "a callback that cannot be suspended can join only tasks it started itself");
    call *c = vm_acquire_call(host);
    if (c == NULL) return luaL_error(L, "not enough memory");
    vm_wait_in(c, &t->joiners);
    return vm_wait_for(L, c, after_join);
}

static int cancel(lua_State *L) {
    task *t = find_task(L);
    if (t != NULL) vm_cancel_task(t);
    return 0;
}

static int handle_gc(lua_State *L) {
    task **handle = check_handle(L);
    vm_release_task(*handle);
    *handle = NULL;
    return 0;
}

static vm_lua_task_state state_of(const task *t) {
    if (t == NULL) return VM_LUA_TASK_COLLECTED;
    switch (t->state) {
    case TASK_READY: return VM_LUA_TASK_READY;
    case TASK_RUNNING: return VM_LUA_TASK_RUNNING;
    case TASK_WAITING: return VM_LUA_TASK_WAITING;
    default: break;
    }
    return t->failed ? VM_LUA_TASK_FAILED : VM_LUA_TASK_DONE;
}

bool vm_find_task_state(lua_State *L, int index, vm_lua_task_state *state) {
    if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index)) return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_handles);
    bool is_handle = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    if (is_handle) *state = state_of(*(task **)lua_touserdata(L, index));
    return is_handle;
}

static int handle_tostring(lua_State *L) {
    static const char *const names[] = {"ready", "running", "waiting", "done", "failed", "collected"};
    lua_pushfstring(L, "task: %s", names[state_of(find_task(L))]);
    return 1;
}

void vm_open_tasks(lua_State *L) {
    static const luaL_Reg methods[] = {{"join", join}, {"cancel", cancel}, {NULL, NULL}};
    static const luaL_Reg meta[] = {
        {"__gc", handle_gc}, {"__tostring", handle_tostring}, {NULL, NULL}};
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &vm_key_tasks);
    luaL_newmetatable(L, handle_name);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &key_handles);
    luaL_setfuncs(L, meta, 0);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pushboolean(L, 1);
    lua_rawsetp(L, -2, &vm_key_own);
    lua_pop(L, 1);
    lua_pushcfunction(L, spawn);
    lua_setglobal(L, "spawn");
}
