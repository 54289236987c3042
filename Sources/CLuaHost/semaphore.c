// A counting semaphore for tasks, used by host functions written in Lua. Scripts cannot use it.
#include "host.h"

typedef struct semaphore {
    lua_Integer free;
    call *waiting; // first in, first out
} semaphore;

static const char *const semaphore_name = "vmoon.semaphore";

static void release_one(semaphore *s) {
    call *c = s->waiting;
    if (c == NULL) {
        s->free++;
        return;
    }
    s->waiting = c->next;
    vm_lua_complete(&c->shared, VM_LUA_RETURN, false);
}

static int after_acquire(lua_State *L, int status, lua_KContext context) {
    (void)status;
    call *c = (call *)context;
    vm_lua *host = host_of(L);
    bool has_it = !c->is_abandoned;
    vm_release_call(c);
    if (vm_has_unanswered_interrupt(host, host->task)) {
        if (has_it) release_one(lua_touserdata(L, 1));
        return vm_raise_cancelled(L);
    }
    return 0;
}

static int acquire(lua_State *L) {
    semaphore *s = luaL_checkudata(L, 1, semaphore_name);
    vm_check_interrupt(L);
    lua_settop(L, 1);
    if (s->free > 0) {
        s->free--;
        return 0;
    }
    call *c = vm_acquire_call(host_of(L));
    if (c == NULL) return luaL_error(L, "not enough memory");
    vm_wait_in(c, &s->waiting);
    return vm_wait_for(L, c, after_acquire);
}

static int release(lua_State *L) {
    release_one(luaL_checkudata(L, 1, semaphore_name));
    return 0;
}

static int new_semaphore(lua_State *L) {
    lua_Integer count = luaL_checkinteger(L, 1);
    semaphore *s = lua_newuserdatauv(L, sizeof *s, 0);
    *s = (semaphore){.free = count};
    luaL_setmetatable(L, semaphore_name);
    return 1;
}

void vm_push_semaphore_constructor(lua_State *L) {
    static const luaL_Reg methods[] = {{"acquire", acquire}, {"release", release}, {NULL, NULL}};
    if (luaL_newmetatable(L, semaphore_name)) {
        luaL_newlib(L, methods);
        lua_setfield(L, -2, "__index");
        lua_pushboolean(L, 1);
        lua_rawsetp(L, -2, &vm_key_own);
    }
    lua_pop(L, 1);
    lua_pushcfunction(L, new_semaphore);
}
