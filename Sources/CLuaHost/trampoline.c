// From a Lua call to the host and back: arguments are copied out, the host is a leaf that fills a
// buffer, the result is pushed or raised here. Host objects (sessions, items) are handled here too.
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char vm_key_kinds = 'k';
static const char key_methods = 'm';
static const char key_weak = 'w'; // the metatable of tables that do not keep their values
static const char key_fields = 'f';

enum { KEEP_BYTES = 64 << 10 }; // memory that a pooled call keeps

call *vm_acquire_call(vm_lua *host) {
    call *c = host->free_calls;
    if (c != NULL) {
        host->free_calls = c->next;
    } else {
        c = calloc(1, sizeof *c);
        if (c == NULL) return NULL;
        c->host = host;
        vm_values_init(&c->shared.arguments);
        vm_values_init(&c->shared.result);
        c->shared.owner = host->callbacks.call_made(host->callbacks.context, &c->shared);
        c->next_all = host->all_calls;
        host->all_calls = c;
    }
    c->waiter = NULL;
    c->list = NULL;
    c->shared.kept = 0;
    c->is_done = c->is_abandoned = c->stands = false;
    return c;
}

void vm_release_call(call *c) {
    vm_values_clear(&c->shared.arguments, KEEP_BYTES);
    vm_values_clear(&c->shared.result, KEEP_BYTES);
    c->next = c->host->free_calls;
    c->host->free_calls = c;
}

void vm_free_calls(vm_lua *host) {
    for (call *c = host->all_calls, *next; c != NULL; c = next) {
        next = c->next_all;
        host->callbacks.call_freed(c->shared.owner);
        vm_values_free(&c->shared.arguments);
        vm_values_free(&c->shared.result);
        free(c);
    }
    host->all_calls = host->free_calls = NULL;
}

// Runs protected. Pushes the call's results, or its error.
static int push_results(lua_State *L) {
    const call *c = lua_touserdata(L, 1);
    lua_settop(L, 0);
    return vm_push_all(L, &c->shared.result);
}

int vm_finish_call(lua_State *L, call *c) {
    bool raised = c->verdict == VM_LUA_RAISE;
    int base = lua_gettop(L);
    lua_pushcfunction(L, push_results);
    lua_pushlightuserdata(L, c);
    int status = lua_pcall(L, 1, LUA_MULTRET, 0);
    c->host->traffic += c->shared.result.length + c->shared.kept;
    vm_release_call(c);
    if (status != LUA_OK || raised) return lua_error(L);
    return lua_gettop(L) - base;
}

static int after_wait(lua_State *L, int status, lua_KContext context) {
    (void)status;
    call *c = (call *)context;
    vm_lua *host = host_of(L);
    if (vm_has_unanswered_interrupt(host, host->task)) {
        if (!c->stands) {
            vm_release_call(c);
            return vm_raise_cancelled(L);
        }
        // A change under way has got its verdict: its caller receives that first.
        vm_defer_interrupt(L);
    }
    return vm_finish_call(L, c);
}

int vm_wait_for(lua_State *L, call *c, lua_KFunction continuation) {
    vm_lua *host = c->host;
    if (!c->is_done && vm_can_yield(L)) {
        c->waiter = host->task;
        host->task->waits_for = c;
        vm_push_marker(L);
        return lua_yieldk(L, 1, (lua_KContext)c, continuation);
    }
    vm_drive(L, c);
    return continuation(L, LUA_YIELD, (lua_KContext)c);
}

// Whether an object was called, which is then no argument of the call.
static bool is_receiver_called(lua_State *L) {
    return lua_toboolean(L, lua_upvalueindex(2)) && lua_type(L, 1) == LUA_TUSERDATA;
}

// Like `vm_raise_usage`, with the name by which the script called the running function; that of an object that is called
// is its own.
static int raise_misuse(lua_State *L, const char *problem) {
    lua_Debug info;
    if (is_receiver_called(L)) return vm_raise_usage(L, lua_pushfstring(L, "%s: %s", luaL_tolstring(L, 1, NULL), problem));
    if (!lua_getstack(L, 0, &info) || !lua_getinfo(L, "n", &info) || info.name == NULL)
        return vm_raise_usage(L, problem);
    return vm_raise_usage(L, lua_pushfstring(L, "%s: %s", info.name, problem));
}

// Upvalue 1: the function's number, and in the lowest two bits how its arguments are copied. Upvalue 2: whether it is what
// calling an object does.
static int call_host(lua_State *L, bool is_closing) {
    vm_check_interrupt(L);
    vm_lua *host = host_of(L);
    lua_Integer number = lua_tointeger(L, lua_upvalueindex(1));
    bool is_shown = (number & 3) == VM_LUA_SHOWN;
    if (is_shown) vm_ask_for_texts(L, 1);
    call *c = vm_acquire_call(host);
    if (c == NULL) return luaL_error(L, "not enough memory");
    char problem[256];
    int first = is_receiver_called(L) ? 2 : 1;
    bool copied = vm_copy_arguments(L, &c->shared.arguments, number & 3, first, problem, sizeof problem);
    if (is_shown) vm_forget_numbers(L);
    if (!copied) {
        bool no_memory = c->shared.arguments.failed;
        vm_release_call(c);
        return no_memory ? vm_raise_memory(L) : raise_misuse(L, problem);
    }
    if (!is_closing && !vm_has_room(L, c->shared.arguments.length)) {
        vm_release_call(c);
        return vm_raise_memory(L);
    }
    c->shared.step = host->task->step;
    c->shared.inherits_step = host->task->inherits_step;
    c->shared.is_beside_step = host->task->step != 0 && !vm_is_at_step(host);
    host->in_host = 1;
    vm_lua_verdict verdict =
        host->callbacks.call(host->callbacks.context, (int)(number >> 2), &c->shared);
    host->in_host = 0;
    if (verdict == VM_LUA_WAIT) return vm_wait_for(L, c, after_wait); // it may already be complete
    c->verdict = verdict;
    return vm_finish_call(L, c);
}

int vm_trampoline(lua_State *L) {
    return call_host(L, false);
}

// A call that gives memory back is never refused for want of it.
static int close_object(lua_State *L) {
    return call_host(L, true);
}

void vm_lua_complete(vm_lua_call *shared, vm_lua_verdict verdict, bool stands) {
    call *c = (call *)shared;
    c->verdict = verdict;
    c->stands = stands;
    c->is_done = true;
    if (c->waiter != NULL) vm_wake_task(c->waiter);
}

static void push_trampoline(lua_State *L, int function, vm_lua_arguments arguments) {
    lua_pushinteger(L, ((lua_Integer)function << 2) | arguments);
    lua_pushcclosure(L, vm_trampoline, 1);
}

// Host objects

// User value 1: the objects among the properties that were read, by name.
void vm_push_object(lua_State *L, uint32_t kind, uint64_t identifier) {
    object *o = lua_newuserdatauv(L, sizeof *o, 1);
    *o = (object){kind, identifier, false};
    lua_rawgetp(L, LUA_REGISTRYINDEX, &vm_key_kinds);
    lua_rawgeti(L, -1, (lua_Integer)kind);
    lua_setmetatable(L, -3);
    lua_pop(L, 1);
}

// The first argument, if it is a host object; with `debug` scripts can call metamethods with any value.
static object *check_object(lua_State *L) {
    bool ours = false;
    if (lua_type(L, 1) == LUA_TUSERDATA && lua_getmetatable(L, 1)) {
        ours = lua_rawgetp(L, -1, &vm_key_kinds) != LUA_TNIL;
        lua_pop(L, 2);
    }
    if (!ours) luaL_argerror(L, 1, "not an object of vmoon");
    return lua_touserdata(L, 1);
}

static int property(lua_State *L, const char *name, size_t length) {
    const object *o = check_object(L);
    vm_lua *host = host_of(L);
    call *c = vm_acquire_call(host);
    if (c == NULL) return luaL_error(L, "not enough memory");
    c->verdict = VM_LUA_RETURN;
    host->callbacks.property(
        host->callbacks.context, o->kind, o->identifier, name, length, &c->shared);
    return vm_finish_call(L, c);
}

// Keeps the object at the top of the stack as a property: reading it again gives the same one. Weakly: they may be many.
static void keep_property(lua_State *L) {
    int found = lua_gettop(L);
    if (lua_getiuservalue(L, 1, 1) != LUA_TTABLE) {
        lua_createtable(L, 0, 1);
        lua_rawgetp(L, LUA_REGISTRYINDEX, &key_weak);
        lua_setmetatable(L, -2);
        lua_pushvalue(L, -1);
        lua_setiuservalue(L, 1, 1);
        lua_remove(L, found + 1);
    }
    lua_pushvalue(L, 2);
    lua_pushvalue(L, found);
    lua_rawset(L, -3);
    lua_settop(L, found);
}

static int after_field(lua_State *L, int status, lua_KContext context) {
    (void)L, (void)status, (void)context;
    return 1;
}

// Upvalue 1: the methods; 2: the fields that Lua code of the host finds out, by functions of the object. Our
// metamethods get only our objects: `__metatable` hides them.
static int object_index(lua_State *L) {
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
    if (lua_type(L, 2) != LUA_TSTRING) return 1;
    if (lua_type(L, 1) == LUA_TUSERDATA && lua_getiuservalue(L, 1, 1) == LUA_TTABLE) {
        lua_pushvalue(L, 2);
        if (lua_rawget(L, -2) != LUA_TNIL) return 1;
    }
    lua_settop(L, 2);
    size_t length;
    const char *name = lua_tolstring(L, 2, &length);
    int count = property(L, name, length);
    if (count == 1 && lua_type(L, -1) == LUA_TUSERDATA) keep_property(L);
    if (count > 0) return count;
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(2)) == LUA_TNIL) return 1;
    lua_pushvalue(L, 1);
    lua_callk(L, 1, 1, 0, after_field);
    return 1;
}

static int object_tostring(lua_State *L) {
    return property(L, "__tostring", strlen("__tostring"));
}

static int object_gc(lua_State *L) {
    object *o = check_object(L);
    vm_lua *host = host_of(L);
    if (o->is_released) return 0;
    o->is_released = true;
    host->callbacks.release(host->callbacks.context, o->kind, o->identifier);
    return 0;
}

void vm_open_trampoline(lua_State *L) {
    vm_open_errors(L);
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &vm_key_kinds);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &key_weak);
}

// Definitions

typedef struct definition {
    uint32_t kind;
    const char *path;
    int function;
    int call;
    vm_lua_arguments arguments;
    const vm_values *values;
    size_t at;
} definition;

static bool protect(vm_lua *host, lua_CFunction function, definition *d) {
    lua_State *L = host->main;
    lua_pushcfunction(L, function);
    lua_pushlightuserdata(L, d);
    bool done = lua_pcall(L, 1, 0, 0) == LUA_OK;
    if (!done) lua_pop(L, 1);
    return done;
}

// Pushes the table that contains `path` and returns the last name in it.
const char *vm_push_parent(lua_State *L, const char *path) {
    lua_pushglobaltable(L);
    for (const char *dot; (dot = strchr(path, '.')) != NULL; path = dot + 1) {
        lua_pushlstring(L, path, (size_t)(dot - path));
        if (lua_rawget(L, -2) != LUA_TTABLE) {
            lua_pop(L, 1);
            lua_newtable(L);
            lua_pushlstring(L, path, (size_t)(dot - path));
            lua_pushvalue(L, -2);
            lua_rawset(L, -4);
        }
        lua_remove(L, -2);
    }
    return path;
}

static void push_kind(lua_State *L, uint32_t kind) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &vm_key_kinds);
    lua_rawgeti(L, -1, (lua_Integer)kind);
    lua_remove(L, -2);
}

void vm_push_kind_table(lua_State *L, uint32_t kind, bool of_fields) {
    push_kind(L, kind);
    lua_rawgetp(L, -1, of_fields ? &key_fields : &key_methods);
    lua_remove(L, -2);
}

static int define_function(lua_State *L) {
    const definition *d = lua_touserdata(L, 1);
    const char *name = d->path;
    if (d->kind == 0) {
        name = vm_push_parent(L, d->path);
    } else {
        vm_push_kind_table(L, d->kind, false);
    }
    push_trampoline(L, d->function, d->arguments);
    lua_setfield(L, -2, name);
    return 0;
}

static int define_kind(lua_State *L) {
    const definition *d = lua_touserdata(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &vm_key_kinds);
    lua_createtable(L, 0, 8);
    lua_pushboolean(L, 1);
    lua_rawsetp(L, -2, &vm_key_kinds);
    lua_pushboolean(L, 1);
    lua_rawsetp(L, -2, &vm_key_own);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, -3, &key_methods);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, -4, &key_fields);
    lua_pushcclosure(L, object_index, 2);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, object_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushcfunction(L, object_gc);
    lua_setfield(L, -2, "__gc");
    lua_pushstring(L, d->path);
    lua_setfield(L, -2, "__name");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    if (d->function >= 0) {
        lua_pushinteger(L, ((lua_Integer)d->function << 2) | VM_LUA_LENIENT); // `<close>` also passes the error, of any type
        lua_pushcclosure(L, close_object, 1);
        lua_setfield(L, -2, "__close");
    }
    if (d->call >= 0) {
        lua_pushinteger(L, ((lua_Integer)d->call << 2) | VM_LUA_STRICT);
        lua_pushboolean(L, 1);
        lua_pushcclosure(L, vm_trampoline, 2);
        lua_setfield(L, -2, "__call");
    }
    lua_rawseti(L, -2, (lua_Integer)d->kind);
    return 0;
}

static int define_value(lua_State *L) {
    const definition *d = lua_touserdata(L, 1);
    const char *name = vm_push_parent(L, d->path);
    vm_push_value(L, d->values, d->at);
    lua_setfield(L, -2, name);
    return 0;
}

bool vm_lua_define_function(
    vm_lua *lua, uint32_t kind, const char *path, int function, vm_lua_arguments arguments) {
    definition d = {.kind = kind, .path = path, .function = function, .arguments = arguments};
    return protect(lua, define_function, &d);
}

bool vm_lua_define_kind(vm_lua *lua, uint32_t kind, const char *name, int close, int call) {
    definition d = {.kind = kind, .path = name, .function = close, .call = call};
    return protect(lua, define_kind, &d);
}

bool vm_lua_define_value(vm_lua *lua, const char *path, const vm_values *values, size_t at) {
    definition d = {.path = path, .values = values, .at = at};
    return protect(lua, define_value, &d);
}
