// An allow-list for untrusted scripts: they have only what is named here.
#include "host.h"

#include <string.h>

const char vm_key_sandbox_loaded = 'l'; // the modules that `require` has loaded there

static const char *const base_names[] = {
    "_G", "_VERSION", "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall",
    "print", "rawequal", "rawget", "rawlen", "rawset", "select", "setmetatable", "tonumber",
    "tostring", "type", "warn", "xpcall", "string", "table", "math", "utf8", "coroutine", "spawn",
    NULL};
static const char *const os_names[] = {"time", "date", "clock", NULL};

// load(chunk [, name [, mode [, env]]]): text only. Bytecode can break the interpreter itself.
static int load_text(lua_State *L) {
    lua_settop(L, lua_gettop(L) < 4 ? (lua_gettop(L) < 3 ? 3 : lua_gettop(L)) : 4);
    const char *mode = luaL_optstring(L, 3, "bt");
    if (strchr(mode, 't') == NULL) {
        lua_pushnil(L);
        lua_pushliteral(L, "the sandbox loads text only (mode 't')");
        return 2;
    }
    lua_pushliteral(L, "t");
    lua_replace(L, 3);
    int count = lua_gettop(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, count, LUA_MULTRET);
    return lua_gettop(L);
}

static int collect_garbage(lua_State *L) {
    static const char *const options[] = {"collect", "count", "step", NULL};
    const char *option = options[luaL_checkoption(L, 1, "collect", options)];
    lua_settop(L, 0);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushstring(L, option);
    lua_call(L, 1, 1);
    return 1;
}

// Module names are plain identifiers: characters that could leave the folder are refused.
static bool is_module_name(const char *name, size_t length) {
    if (length != strlen(name) || name[0] == 0 || name[0] == '.') return false;
    for (const char *c = name; *c != 0; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z')
            || (*c >= '0' && *c <= '9') || *c == '_' || *c == '-';
        if (!plain && !(*c == '.' && c[1] != '.' && c[1] != 0)) return false;
    }
    return true;
}

// require(name): runs a text file beside the script, once. Upvalue 1: the folder, or nil.
static int require_text(lua_State *L) {
    size_t length;
    const char *name = luaL_checklstring(L, 1, &length);
    lua_settop(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &vm_key_sandbox_loaded);
    lua_getfield(L, 2, name);
    if (!lua_isnil(L, -1)) return 1;
    const char *folder = lua_tostring(L, lua_upvalueindex(1));
    if (folder == NULL || !is_module_name(name, length))
        return luaL_error(L, "module '%s' is not available in the sandbox", name);
    luaL_gsub(L, name, ".", "/");
    lua_pushfstring(L, "%s/%s.lua", folder, lua_tostring(L, -1));
    int status = luaL_loadfilex(L, lua_tostring(L, -1), "t");
    if (status == LUA_ERRFILE)
        return luaL_error(
            L, "module '%s' is not available in the sandbox: %s", name, lua_tostring(L, -1));
    if (status != LUA_OK) return lua_error(L);
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, 1);
    }
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, name);
    return 1;
}

static void copy_names(lua_State *L, int from, int to, const char *const *names) {
    for (; *names != NULL; names++) {
        lua_getfield(L, from, *names);
        lua_setfield(L, to, *names);
    }
}

static void wrap(lua_State *L, int globals, const char *name, lua_CFunction function) {
    lua_getfield(L, globals, name);
    lua_pushcclosure(L, function, 1);
    lua_setfield(L, globals, name);
}

// Reduces the table of globals to the allowed ones: `_ENV` of chunks already loaded is that table too.
static int restrict_globals(lua_State *L) {
    const char *const *folder = lua_touserdata(L, 1);
    lua_settop(L, 0);
    lua_pushglobaltable(L);
    wrap(L, 1, "load", load_text);
    wrap(L, 1, "collectgarbage", collect_garbage);
    lua_newtable(L); // 2: the allowed globals
    copy_names(L, 1, 2, base_names);
    copy_names(L, 1, 2, (const char *const[]){"load", "collectgarbage", NULL});
    lua_newtable(L);
    lua_getfield(L, 1, "os");
    copy_names(L, 4, 3, os_names);
    lua_pop(L, 1);
    lua_setfield(L, 2, "os");
    // No other reference may remain: all globals are removed, then the allowed ones are set again.
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_pushnil(L);
        lua_rawset(L, 1);
    }
    lua_pushnil(L);
    while (lua_next(L, 2)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, 1);
    }
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &vm_key_sandbox_loaded);
    if (*folder != NULL)
        lua_pushstring(L, *folder);
    else
        lua_pushnil(L);
    lua_pushcclosure(L, require_text, 1);
    lua_setfield(L, 1, "require");
    lua_getfield(L, 1, "string");
    lua_pushnil(L);
    lua_setfield(L, -2, "dump");
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable"); // the metatable that all strings share
    return 0;
}

bool vm_lua_sandbox(vm_lua *lua, const char *folder) {
    lua_pushcfunction(lua->main, restrict_globals);
    lua_pushlightuserdata(lua->main, (void *)&folder);
    bool done = lua_pcall(lua->main, 1, 0, 0) == LUA_OK;
    if (!done) lua_pop(lua->main, 1);
    return done;
}
