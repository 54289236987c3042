// The place where an error was raised. It is known only at that moment, so a message handler records it; but the
// handler's result is what `<close>` handlers and the script get. So the error remains unchanged, and the last trace
// is in the registry, with the error that it belongs to.
#include "host.h"

#include <string.h>

const char vm_key_trace = 'r';

// A trace: the error, the traceback, and the position of the innermost line of a script.
enum { VALUE = 1, TRACEBACK = 2, POSITION = 3 };

void vm_open_traces(lua_State *L) {
    lua_pushboolean(L, 0);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &vm_key_trace);
}

// Pushes the stored trace, if it belongs to this error. [-0, +1, –]; false pushes nothing
static bool push_kept(lua_State *L, int value) {
    bool found = lua_rawgetp(L, LUA_REGISTRYINDEX, &vm_key_trace) == LUA_TTABLE;
    if (found) {
        lua_rawgeti(L, -1, VALUE);
        found = lua_rawequal(L, -1, value);
        lua_pop(L, 1);
    }
    if (!found) lua_pop(L, 1);
    return found;
}

// An error that is raised again keeps the trace of its first raise.
void vm_push_trace(lua_State *L, int value) {
    value = lua_absindex(L, value);
    if (push_kept(L, value)) return;
    lua_createtable(L, POSITION, 1);
    lua_pushboolean(L, 1);
    lua_rawsetp(L, -2, &vm_key_trace); // distinguishes it from a script's own table
    lua_pushvalue(L, value);
    lua_rawseti(L, -2, VALUE);
    luaL_traceback(L, L, NULL, 1);
    lua_rawseti(L, -2, TRACEBACK);
    lua_Debug info;
    for (int level = 1; lua_getstack(L, level, &info); level++) {
        lua_getinfo(L, "Sl", &info);
        // Positions in Lua code of the host do not help the script's author.
        if (info.currentline <= 0 || strcmp(info.short_src, "[vmoon]") == 0) continue;
        lua_pushfstring(L, "%s:%d", info.short_src, info.currentline);
        lua_rawseti(L, -2, POSITION);
        break;
    }
}

void vm_set_trace(lua_State *L) {
    host_of(L)->has_trace = lua_toboolean(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &vm_key_trace); // it is never nil, so nothing is allocated
}

bool vm_find_trace(lua_State *L, int value) {
    if (!push_kept(L, lua_absindex(L, value))) return false;
    lua_rawgeti(L, -1, TRACEBACK);
    lua_rawgeti(L, -2, POSITION);
    lua_remove(L, -3);
    return true;
}

void vm_forget_trace(lua_State *L) {
    if (!host_of(L)->has_trace || lua_istable(L, -1) || lua_isuserdata(L, -1)) return;
    lua_pushboolean(L, 0);
    vm_set_trace(L);
}

static bool is_trace(lua_State *L, int index) {
    if (!lua_istable(L, index)) return false;
    bool found = lua_rawgetp(L, index, &vm_key_trace) == LUA_TBOOLEAN;
    lua_pop(L, 1);
    return found;
}

// For host functions written in Lua: describe(error), a message handler; open(description), which returns the
// error and its trace; raise(error, trace), where the trace may come from another form of the error.

static int describe(lua_State *L) {
    lua_settop(L, 1);
    // An interrupt passes unchanged.
    if (host_of(L)->task->answered == 0) vm_push_trace(L, 1);
    return 1;
}

static int open_description(lua_State *L) {
    lua_settop(L, 1);
    if (!is_trace(L, 1)) return 1;
    lua_rawgeti(L, 1, VALUE);
    lua_insert(L, 1);
    return 2;
}

static int raise_described(lua_State *L) {
    lua_settop(L, 2);
    if (is_trace(L, 2)) {
        lua_pushvalue(L, 1);
        lua_rawseti(L, 2, VALUE);
        vm_set_trace(L);
    }
    lua_settop(L, 1);
    return lua_error(L);
}

void vm_push_trace_functions(lua_State *L) {
    lua_pushcfunction(L, describe);
    lua_pushcfunction(L, open_description);
    lua_pushcfunction(L, raise_described);
}
