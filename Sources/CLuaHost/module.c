// The host's functions as a module: `require "vmoon"` returns one table with the globals.
#include "host.h"

#include <string.h>

typedef struct module {
    const char *name;
    const char *globals;
} module;

static int define_module(lua_State *L) {
    const module *m = lua_touserdata(L, 1);
    lua_createtable(L, 0, 128);
    lua_pushglobaltable(L);
    for (const char *name = m->globals; *name != '\0';) {
        size_t length = strcspn(name, " ");
        lua_pushlstring(L, name, length);
        lua_pushvalue(L, -1);
        if (lua_rawget(L, -3) == LUA_TNIL)
            lua_pop(L, 2);
        else
            lua_rawset(L, -4);
        name += length;
        name += strspn(name, " ");
    }
    lua_pop(L, 1);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_pushvalue(L, -2);
    lua_setfield(L, -2, m->name);
    // The sandbox has its own `require` and its own table of loaded modules.
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &vm_key_sandbox_loaded) == LUA_TTABLE) {
        lua_pushvalue(L, -3);
        lua_setfield(L, -2, m->name);
    }
    return 0;
}

bool vm_lua_define_module(vm_lua *lua, const char *name, const char *globals) {
    module m = {name, globals};
    lua_pushcfunction(lua->main, define_module);
    lua_pushlightuserdata(lua->main, &m);
    bool done = lua_pcall(lua->main, 1, 0, 0) == LUA_OK;
    if (!done) lua_pop(lua->main, 1);
    return done;
}
