// The errors that the host raises: tables with one metatable, which makes a line of them.
#include "host.h"

#include <string.h>
#include <sysexits.h>

const char vm_key_error = 'e';

int vm_raise_usage(lua_State *L, const char *message) {
    lua_createtable(L, 0, 4);
    lua_pushstring(L, message);
    lua_setfield(L, -2, "message");
    lua_pushliteral(L, "usage");
    lua_setfield(L, -2, "kind");
    lua_pushliteral(L, "none");
    lua_setfield(L, -2, "outcome");
    lua_pushinteger(L, EX_USAGE);
    lua_setfield(L, -2, "exit_code");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &vm_key_error);
    lua_setmetatable(L, -2);
    return lua_error(L);
}

// As Lua says it; the text is there already, so that no memory is needed for it.
int vm_raise_memory(lua_State *L) {
    lua_pushliteral(L, "not enough memory");
    return lua_error(L);
}

// Appends a field of the error at index 1, between two texts, if it is there.
static void add_field(lua_State *L, luaL_Buffer *line, const char *before, const char *name, const char *after) {
    if (lua_getfield(L, 1, name) != LUA_TNIL) {
        luaL_tolstring(L, -1, NULL);
        lua_remove(L, -2);
        // luaL_Buffer may have its own value on the stack: the text has to be on top when it is added.
        lua_pushfstring(L, "%s%s%s", before, lua_tostring(L, -1), after);
        lua_remove(L, -2);
        luaL_addvalue(line);
    } else {
        lua_pop(L, 1);
    }
}

// Operation, object and error: `rollback (item 5f3c) at vc: not_found (HTTP 404): …`.
static int error_tostring(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_Buffer line;
    luaL_buffinit(L, &line);
    add_field(L, &line, "", "operation", "");
    add_field(L, &line, " (", "subject", ")");
    add_field(L, &line, " at ", "vcenter", "");
    add_field(L, &line, luaL_bufflen(&line) > 0 ? ": " : "", "kind", "");
    add_field(L, &line, " (HTTP ", "status", ")");
    add_field(L, &line, luaL_bufflen(&line) > 0 ? ": " : "", "message", "");
    luaL_pushresult(&line);
    return 1;
}

static int error_concat(lua_State *L) {
    luaL_tolstring(L, 1, NULL);
    luaL_tolstring(L, 2, NULL);
    lua_concat(L, 2);
    return 1;
}

void vm_open_errors(lua_State *L) {
    lua_createtable(L, 0, 3);
    lua_pushcfunction(L, error_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushcfunction(L, error_concat);
    lua_setfield(L, -2, "__concat");
    lua_pushliteral(L, "vmoon.error");
    lua_setfield(L, -2, "__name");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &vm_key_error);
}
