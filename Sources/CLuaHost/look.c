// Looking at values without side effects: no metamethod runs, and no finalizer.
#include "lua_prompt.h"

#include "host.h"

#include <string.h>

enum { NAME_LIMIT = 10000, INDEX_LIMIT = 16 };

typedef struct look {
    const char *const *path;
    int count;
    vm_lua_lookup lookup;
    vm_values *out;
    const void *function; ///< without `out`: its address, if it is one
} look;

// The table behind a value's __index, without calling anything. [-0, +1, –]; false pushes nothing
static bool push_index_table(lua_State *L, int index) {
    if (!lua_getmetatable(L, index)) return false;
    lua_pushliteral(L, "__index");
    lua_rawget(L, -2);
    lua_remove(L, -2);
    if (lua_istable(L, -1)) return true;
    lua_pop(L, 1);
    return false;
}

// Replaces the value on top by its field, found raw along __index tables; false leaves nothing.
static bool replace_by_field(lua_State *L, const char *name) {
    for (int hops = 0; hops < INDEX_LIMIT; hops++) {
        if (lua_istable(L, -1)) {
            lua_pushstring(L, name);
            lua_rawget(L, -2);
            if (!lua_isnil(L, -1)) {
                lua_remove(L, -2);
                return true;
            }
            lua_pop(L, 1);
        }
        if (!push_index_table(L, -1)) break;
        lua_remove(L, -2);
    }
    lua_pop(L, 1);
    return false;
}

static void put_text(vm_values *out, const char *text) {
    vm_put_string(out, text, strlen(text));
}

static uint32_t put_names_of(lua_State *L, vm_values *out, uint32_t count) {
    lua_pushnil(L);
    while (count < NAME_LIMIT && lua_next(L, -2)) {
        if (lua_type(L, -2) == LUA_TSTRING) {
            size_t length;
            const char *name = lua_tolstring(L, -2, &length);
            size_t mark = vm_put_begin(out, VM_ARRAY);
            vm_put_string(out, name, length);
            put_text(out, luaL_typename(L, -1));
            vm_put_end(out, mark, 2);
            count++;
        }
        lua_pop(L, 1);
    }
    return count;
}

static void put_names(lua_State *L, vm_values *out) {
    size_t mark = vm_put_begin(out, VM_ARRAY);
    uint32_t count = 0;
    int top = lua_gettop(L);
    lua_pushvalue(L, -1);
    for (int hops = 0; hops < INDEX_LIMIT; hops++) {
        if (lua_istable(L, -1)) {
            count = put_names_of(L, out, count);
            lua_settop(L, top + 1);
        }
        if (!push_index_table(L, -1)) break;
        lua_remove(L, -2);
    }
    lua_settop(L, top);
    vm_put_end(out, mark, count);
}

static void put_parameters(lua_State *L, vm_values *out) {
    size_t mark = vm_put_begin(out, VM_ARRAY);
    uint32_t count = 0;
    if (lua_isfunction(L, -1) && !lua_iscfunction(L, -1)) {
        lua_Debug info;
        const char *name;
        lua_pushvalue(L, -1);
        while ((name = lua_getlocal(L, NULL, (int)count + 1)) != NULL) {
            put_text(out, name);
            count++;
        }
        lua_pushvalue(L, -1);
        if (lua_getinfo(L, ">u", &info) && info.isvararg) {
            put_text(out, "...");
            count++;
        }
    }
    vm_put_end(out, mark, count);
}

static int look_raw(lua_State *L) {
    look *l = lua_touserdata(L, 1);
    lua_pushglobaltable(L);
    for (int i = 0; i < l->count; i++)
        if (!replace_by_field(L, l->path[i])) return 0;
    if (l->out == NULL) {
        if (lua_isfunction(L, -1)) l->function = lua_topointer(L, -1);
        return 0;
    }
    char path[256] = "";
    bool is_plain = lua_isuserdata(L, -1) || lua_isfunction(L, -1);
    bool is_object = is_plain && vm_copy_value(L, lua_gettop(L), l->out, false, path, sizeof path);
    if (!is_object) {
        vm_values_clear(l->out, SIZE_MAX);
        put_text(l->out, luaL_typename(L, -1));
    }
    if (l->lookup == VM_LUA_NAMES)
        put_names(L, l->out);
    else
        put_parameters(L, l->out);
    return 0;
}

static void look_safely(vm_lua *lua, look *l) {
    // A collection could run finalizers, and those are Lua.
    bool was_running = lua_gc(lua->main, LUA_GCISRUNNING);
    lua_gc(lua->main, LUA_GCSTOP);
    lua_pushcfunction(lua->main, look_raw);
    lua_pushlightuserdata(lua->main, l);
    if (lua_pcall(lua->main, 1, 0, 0) != LUA_OK) {
        lua_pop(lua->main, 1);
        if (l->out != NULL) vm_values_clear(l->out, SIZE_MAX);
    }
    if (was_running) lua_gc(lua->main, LUA_GCRESTART);
}

void vm_lua_look(
    vm_lua *lua, const char *const *path, int count, vm_lua_lookup lookup, vm_values *out) {
    look l = {path, count, lookup, out, NULL};
    look_safely(lua, &l);
}

uint64_t vm_lua_function_address(vm_lua *lua, const char *name) {
    char first[64];
    const char *dot = strchr(name, '.');
    const char *path[] = {name, NULL};
    if (dot != NULL) {
        size_t length = (size_t)(dot - name);
        if (length >= sizeof first) return 0;
        memcpy(first, name, length);
        first[length] = '\0';
        path[0] = first;
        path[1] = dot + 1;
    }
    look l = {.path = path, .count = dot != NULL ? 2 : 1};
    look_safely(lua, &l);
    return (uintptr_t)l.function;
}
