// The prompt's part of the interpreter: running lines and waiting.
#include "lua_prompt.h"

#include "host.h"

#include <string.h>

static const char key_closing = 'c'; // registry: the values to close, in order

// Lines

static bool is_eof_message(lua_State *L) {
    size_t length;
    const char *message = lua_tolstring(L, -1, &length);
    static const char mark[] = "<eof>";
    size_t size = sizeof mark - 1;
    return message != NULL && length >= size && memcmp(message + length - size, mark, size) == 0;
}

// Pushes the chunk, or the message of the compile error. [-0, +1, m]
static vm_lua_status load_line(lua_State *L, const char *text, size_t length, const char *name) {
    lua_pushliteral(L, "return ");
    lua_pushlstring(L, text, length);
    lua_concat(L, 2);
    size_t size;
    const char *expression = lua_tolstring(L, -1, &size);
    int status = luaL_loadbufferx(L, expression, size, name, "t");
    lua_remove(L, -2);
    if (status == LUA_OK) return VM_LUA_OK;
    bool is_begun = is_eof_message(L); // `1 +` is an incomplete expression, not an incomplete chunk
    status = luaL_loadbufferx(L, text, length, name, "t");
    if (status == LUA_ERRMEM) return VM_LUA_NO_MEMORY;
    lua_remove(L, status == LUA_OK || !is_begun ? -2 : -1);
    if (status == LUA_OK) return VM_LUA_OK;
    return is_eof_message(L) ? VM_LUA_INCOMPLETE : VM_LUA_SYNTAX;
}

typedef struct line {
    const char *text;
    size_t length;
    const char *name;
    const char *const *closing;
    int closing_count;
    vm_values *results;
    vm_lua_status status;
} line;

static int check_line(lua_State *L) {
    line *l = lua_touserdata(L, 1);
    l->status = load_line(L, l->text, l->length, l->name);
    return 0;
}

vm_lua_status vm_lua_check_text(vm_lua *lua, const char *text, size_t length) {
    line l = {.text = text != NULL ? text : "", .length = length, .name = "=input"};
    vm_make_room(lua);
    lua_pushcfunction(lua->main, check_line);
    lua_pushlightuserdata(lua->main, &l);
    vm_lua_status status = vm_run_protected(lua, 1, NULL);
    return status == VM_LUA_OK ? l.status : status;
}

// __close of a line's guard: stores the error that ends the line as `_err`.
static int keep_error(lua_State *L) {
    if (lua_isnil(L, 2)) return 0;
    lua_settop(L, 2);
    lua_pushglobaltable(L);
    lua_insert(L, -2);
    lua_pushliteral(L, "_err");
    lua_insert(L, -2);
    lua_rawset(L, -3);
    return 0;
}

// Pushes a table with one metamethod and marks it as to be closed. [-0, +1, m]
static void push_guard(lua_State *L, lua_CFunction close, const void *context) {
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 1);
    lua_pushlightuserdata(L, (void *)context);
    lua_pushcclosure(L, close, 1);
    lua_setfield(L, -2, "__close");
    lua_setmetatable(L, -2);
    lua_toclose(L, -1);
}

static void push_closing(lua_State *L) {
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key_closing) == LUA_TTABLE) return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &key_closing);
}

static bool is_listed(lua_State *L, int list, int value) {
    for (lua_Integer i = (lua_Integer)lua_rawlen(L, list); i > 0; i--) {
        lua_rawgeti(L, list, i);
        bool same = lua_rawequal(L, -1, value);
        lua_pop(L, 1);
        if (same) return true;
    }
    return false;
}

// __close of a line's guard: lists the values of its <close> variables.
static int list_closing(lua_State *L) {
    const line *l = lua_touserdata(L, lua_upvalueindex(1));
    bool failed = !lua_isnil(L, 2);
    lua_settop(L, 0);
    push_closing(L);
    lua_pushglobaltable(L);
    for (int i = 0; i < l->closing_count; i++) {
        lua_pushstring(L, l->closing[i]);
        lua_rawget(L, 2);
        if (!lua_toboolean(L, -1) || is_listed(L, 1, lua_gettop(L))) {
            lua_settop(L, 2);
            continue;
        }
        if (luaL_getmetafield(L, -1, "__close") == LUA_TNIL) {
            if (failed) continue; // it may be an older value, and there is an error to report
            return luaL_error(L, "variable '%s' got a non-closable value", l->closing[i]);
        }
        lua_pop(L, 1);
        lua_rawseti(L, 1, (lua_Integer)lua_rawlen(L, 1) + 1);
    }
    return 0;
}

static int run_line(lua_State *L) {
    line *l = lua_touserdata(L, 1);
    lua_settop(L, 0);
    push_guard(L, keep_error, NULL);
    if (l->closing_count > 0) push_guard(L, list_closing, l);
    l->status = load_line(L, l->text, l->length, l->name);
    if (l->status != VM_LUA_OK) return lua_error(L);
    int base = lua_gettop(L);
    lua_call(L, 0, LUA_MULTRET);
    int count = lua_gettop(L) - base + 1;
    if (count > 0 && !lua_isnil(L, base)) {
        lua_pushglobaltable(L);
        lua_pushliteral(L, "_");
        lua_pushvalue(L, base);
        lua_rawset(L, -3);
        lua_pop(L, 1);
    }
    vm_ask_for_texts(L, base);
    char path[256];
    bool copied = true;
    for (int i = base; copied && i < base + count; i++) {
        path[0] = 0;
        copied = vm_copy_value(L, i, l->results, true, path, sizeof path);
    }
    vm_forget_numbers(L);
    if (!copied) return luaL_error(L, "what it returns cannot be shown: %s", path);
    if (l->results->failed) return luaL_error(L, "not enough memory");
    return 0;
}

vm_lua_status vm_lua_run_line(
    vm_lua *lua, const char *text, size_t length, const char *chunk_name,
    const char *const *closing, int closing_count, vm_values *results, vm_values *error) {
    line l = {
        .text = text != NULL ? text : "",
        .length = length,
        .name = chunk_name,
        .closing = closing,
        .closing_count = closing_count,
        .results = results,
    };
    vm_make_room(lua);
    lua_pushcfunction(lua->main, run_line);
    lua_pushlightuserdata(lua->main, &l);
    vm_lua_status status = vm_run_protected(lua, 1, error);
    return status == VM_LUA_FAILED && l.status != VM_LUA_OK ? l.status : status;
}

// Closes the last value of the list; after an error the next call continues.
static int close_last(lua_State *L) {
    push_closing(L);
    lua_Integer last = (lua_Integer)lua_rawlen(L, -1);
    lua_rawgeti(L, -1, last);
    lua_pushnil(L);
    lua_rawseti(L, 1, last);
    lua_toclose(L, 2);
    lua_settop(L, 1); // closes it
    return 0;
}

static int count_closing(lua_State *L) {
    lua_Integer *count = lua_touserdata(L, 1);
    push_closing(L);
    *count = (lua_Integer)lua_rawlen(L, -1);
    return 0;
}

vm_lua_status vm_lua_close_values(vm_lua *lua, vm_values *error) {
    lua_Integer count = 0;
    lua_pushcfunction(lua->main, count_closing);
    lua_pushlightuserdata(lua->main, &count);
    vm_lua_status first = vm_run_protected(lua, 1, error);
    for (; count > 0; count--) {
        lua_pushcfunction(lua->main, close_last);
        vm_lua_status status = vm_run_protected(lua, 0, first == VM_LUA_OK ? error : NULL);
        if (first == VM_LUA_OK) first = status;
    }
    return first;
}

// Waiting

vm_lua_call *vm_lua_begin_wait(vm_lua *lua) {
    call *c = vm_acquire_call(lua);
    return c != NULL ? &c->shared : NULL;
}

static int wait_here(lua_State *L) {
    vm_drive(L, lua_touserdata(L, 1));
    return 0;
}

vm_lua_status vm_lua_wait(vm_lua *lua, vm_lua_call *shared, vm_values *error) {
    call *before = lua->watching;
    lua->watching = (call *)shared;
    lua_pushcfunction(lua->main, wait_here);
    lua_pushlightuserdata(lua->main, shared);
    vm_lua_status status = vm_run_protected(lua, 1, error);
    lua->watching = before;
    vm_release_call((call *)shared);
    return status;
}

// A failed task keeps its error on its own stack until it is asked for. Its handle, the value in the table
// of tasks, is on this stack as long as the task is used.
static int take_failure(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &vm_key_tasks);
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        task *t = lua_touserdata(L, 2);
        bool is_news = t->state == TASK_DONE && t->failed && !t->is_joined;
        if (!is_news) {
            lua_pop(L, 1);
            continue;
        }
        if (!t->is_cancelled) return vm_raise_failure(L, t);
        t->is_joined = true;
        lua_pushnil(L);
        lua_rawsetp(L, 1, t);
        lua_settop(L, 1);
        lua_pushnil(L); // restart: the table has changed
    }
    return 0;
}

vm_lua_status vm_lua_take_failure(vm_lua *lua, vm_values *error) {
    lua_pushcfunction(lua->main, take_failure);
    return vm_run_protected(lua, 0, error);
}
