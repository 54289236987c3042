// Functions of the host that are written in Lua, in parts: a run that calls none of them compiles nothing.
#include "host.h"

#include <string.h>

static const char key_parts = 'p'; // registry: the parts that are compiled, by name; at 1 what they have as globals

// Pushes a copy of the table on top, in its place. [-1, +1, m]
static void copy_table(lua_State *L) {
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, -3)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
    lua_remove(L, -2);
}

// need(name): what a part returns.
static int need(lua_State *L) {
    lua_settop(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_parts);
    lua_pushvalue(L, 1);
    if (lua_rawget(L, 2) != LUA_TNIL) return 1;
    lua_settop(L, 2);
    lua_rawgeti(L, 2, 1);
    lua_getfield(L, 3, "box");
    lua_getfield(L, 4, "part");
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    size_t length;
    const char *text = luaL_checklstring(L, -1, &length);
    if (luaL_loadbufferx(L, text, length, VM_OWN_CHUNK, "t") != LUA_OK) return lua_error(L);
    lua_pushvalue(L, 3);
    lua_setupvalue(L, -2, 1); // _ENV
    lua_call(L, 0, 1);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, -2);
    lua_rawset(L, 2);
    return 1;
}

static int after_part(lua_State *L, int status, lua_KContext context) {
    (void)status, (void)context;
    return lua_gettop(L);
}

// Upvalue 1: the part; 2: the name of the function in it.
static int call_part(lua_State *L) {
    int count = lua_gettop(L);
    luaL_checkstack(L, 8, "not enough memory");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key_parts);
    lua_pushvalue(L, lua_upvalueindex(1));
    if (lua_rawget(L, -2) == LUA_TNIL) {
        lua_pushcfunction(L, need);
        lua_pushvalue(L, lua_upvalueindex(1));
        lua_call(L, 1, 1);
    }
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_rawget(L, -2);
    lua_insert(L, 1);
    lua_settop(L, count + 1);
    lua_callk(L, count, LUA_MULTRET, 0, after_part);
    return lua_gettop(L);
}

typedef struct definition {
    uint32_t kind;
    bool is_field;
    const char *path;
    const char *part;
    const char *key;
} definition;

static int open_parts(lua_State *L) {
    static const char *const modules[] = {"string", "table", "math", "time", NULL};
    const char *host = lua_touserdata(L, 1);
    lua_createtable(L, 1, 8);
    lua_pushglobaltable(L);
    copy_table(L);
    for (const char *const *name = modules; *name != NULL; name++) {
        if (lua_getfield(L, -1, *name) != LUA_TTABLE) {
            lua_pop(L, 1);
            continue;
        }
        copy_table(L);
        lua_setfield(L, -2, *name);
    }
    lua_getfield(L, -1, host);
    lua_setfield(L, -2, "box");
    lua_pushnil(L);
    lua_setglobal(L, host);
    lua_pushglobaltable(L);
    lua_setfield(L, -2, "globals");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &vm_key_error);
    lua_setfield(L, -2, "error_meta");
    vm_push_trace_functions(L);
    lua_setfield(L, -4, "raise");
    lua_setfield(L, -3, "open");
    lua_setfield(L, -2, "describe");
    lua_pushcfunction(L, vm_leave_process);
    lua_setfield(L, -2, "leave");
    lua_pushcfunction(L, need);
    lua_setfield(L, -2, "need");
    lua_rawseti(L, -2, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &key_parts);
    return 0;
}

static int define_in_part(lua_State *L) {
    const definition *d = lua_touserdata(L, 1);
    const char *name = d->path;
    if (d->kind == 0)
        name = vm_push_parent(L, d->path);
    else
        vm_push_kind_table(L, d->kind, d->is_field);
    lua_pushstring(L, d->part);
    lua_pushstring(L, d->key);
    lua_pushcclosure(L, call_part, 2);
    lua_setfield(L, -2, name);
    return 0;
}

static bool protect(vm_lua *host, lua_CFunction function, void *context) {
    lua_pushcfunction(host->main, function);
    lua_pushlightuserdata(host->main, context);
    bool done = lua_pcall(host->main, 1, 0, 0) == LUA_OK;
    if (!done) lua_pop(host->main, 1);
    return done;
}

bool vm_lua_open_parts(vm_lua *lua, const char *host) {
    return protect(lua, open_parts, (void *)host);
}

bool vm_lua_define_in_part(
    vm_lua *lua, uint32_t kind, bool is_field, const char *path, const char *part, const char *key) {
    definition d = {kind, is_field, path, part, key};
    return protect(lua, define_in_part, &d);
}
