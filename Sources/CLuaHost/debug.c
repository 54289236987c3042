// The library `debug`, as lua(1) has it but for what the host itself relies on. A script that breaks that gets an error;
// with Lua's own functions the process would crash: the metatables, user values and upvalues of the host's objects and
// functions, what a C function has on its stack, and the host's entries in the registry cannot be changed.
#include "host.h"

#include <string.h>

const char vm_key_own = 'o';
static const char key_registry = 'r'; // the scripts' view of the registry

bool vm_is_own(lua_State *L, int index) {
    if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index)) return false;
    bool is_own = lua_rawgetp(L, -1, &vm_key_own) != LUA_TNIL;
    lua_pop(L, 2);
    return is_own;
}

static int refuse(lua_State *L, int argument) {
    return luaL_argerror(L, argument, "an object of vmoon is not open to debug");
}

// Lua's own functions are kept in the host and not as upvalues, where a script would find them.
static int get_metatable(lua_State *L) {
    luaL_checkany(L, 1);
    if (!vm_is_own(L, 1)) return host_of(L)->debug.get_metatable(L);
    lua_pushboolean(L, 0); // as `getmetatable` says it
    return 1;
}

static int set_metatable(lua_State *L) {
    return vm_is_own(L, 1) ? refuse(L, 1) : host_of(L)->debug.set_metatable(L);
}

static int get_user_value(lua_State *L) {
    return vm_is_own(L, 1) ? refuse(L, 1) : host_of(L)->debug.get_user_value(L);
}

static int set_user_value(lua_State *L) {
    return vm_is_own(L, 1) ? refuse(L, 1) : host_of(L)->debug.set_user_value(L);
}

static int set_upvalue(lua_State *L) {
    if (lua_iscfunction(L, 1)) return luaL_argerror(L, 1, "the upvalues of a C function cannot be set");
    return host_of(L)->debug.set_upvalue(L);
}

// setlocal([thread,] level, local, value)
static int set_local(lua_State *L) {
    bool has_thread = lua_isthread(L, 1);
    lua_State *target = has_thread ? lua_tothread(L, 1) : L;
    lua_Integer level = luaL_checkinteger(L, has_thread ? 2 : 1);
    lua_Debug info;
    if (level >= 0 && level < INT32_MAX && lua_getstack(target, (int)level, &info) && lua_getinfo(target, "S", &info)
        && strcmp(info.what, "C") == 0)
        return luaL_argerror(L, has_thread ? 2 : 1, "what a C function has on its stack cannot be set");
    return host_of(L)->debug.set_local(L);
}

// The registry

// Light userdata are keys of C code; the names are those of the host, and of Lua's own buffers.
static bool is_hidden(lua_State *L, int index) {
    if (lua_type(L, index) == LUA_TLIGHTUSERDATA) return true;
    if (lua_type(L, index) != LUA_TSTRING) return false;
    const char *name = lua_tostring(L, index);
    return strncmp(name, "vmoon.", 6) == 0 || strcmp(name, "_UBOX*") == 0;
}

static int registry_index(lua_State *L) {
    lua_settop(L, 2);
    if (is_hidden(L, 2)) return 0;
    lua_rawget(L, LUA_REGISTRYINDEX);
    return 1;
}

static int registry_newindex(lua_State *L) {
    lua_settop(L, 3);
    if (is_hidden(L, 2)) return luaL_error(L, "this entry of the registry belongs to the host");
    lua_rawset(L, LUA_REGISTRYINDEX);
    return 0;
}

static int registry_next(lua_State *L) {
    lua_settop(L, 2);
    while (lua_next(L, LUA_REGISTRYINDEX)) {
        if (!is_hidden(L, -2)) return 2;
        lua_pop(L, 1);
    }
    lua_pushnil(L);
    return 1;
}

static int registry_pairs(lua_State *L) {
    lua_settop(L, 1);
    lua_pushcfunction(L, registry_next);
    lua_insert(L, 1);
    lua_pushnil(L);
    return 3;
}

static int registry_length(lua_State *L) {
    lua_pushinteger(L, (lua_Integer)lua_rawlen(L, LUA_REGISTRYINDEX));
    return 1;
}

static int get_registry(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_registry);
    return 1;
}

static void make_view(lua_State *L) {
    static const luaL_Reg meta[] = {{"__index", registry_index}, {"__newindex", registry_newindex},
        {"__pairs", registry_pairs}, {"__len", registry_length}, {NULL, NULL}};
    lua_newtable(L);
    luaL_newlib(L, meta);
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &key_registry);
}

// Puts ours in the place of Lua's, which is on top. [-0, +0, m]
static lua_CFunction replace(lua_State *L, const char *name, lua_CFunction function) {
    lua_getfield(L, -1, name);
    lua_CFunction own = lua_tocfunction(L, -1);
    lua_pop(L, 1);
    lua_pushcfunction(L, function);
    lua_setfield(L, -2, name);
    return own;
}

void vm_open_debug(lua_State *L) {
    vm_lua *host = host_of(L);
    make_view(L);
    lua_getglobal(L, "debug");
    replace(L, "getregistry", get_registry);
    host->debug.get_metatable = replace(L, "getmetatable", get_metatable);
    host->debug.set_metatable = replace(L, "setmetatable", set_metatable);
    host->debug.get_user_value = replace(L, "getuservalue", get_user_value);
    host->debug.set_user_value = replace(L, "setuservalue", set_user_value);
    host->debug.set_upvalue = replace(L, "setupvalue", set_upvalue);
    host->debug.set_local = replace(L, "setlocal", set_local);
    lua_pop(L, 1);
}
