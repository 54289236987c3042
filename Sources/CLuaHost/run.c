// Compiling and running, and the report of an uncaught error.
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct request {
    const char *text; // NULL: a file
    size_t length;
    const char *name; // the chunk's name, or the file's path (NULL: standard input)
    bool takes_arguments;
    bool is_only_compiled;
    vm_values *results; // NULL: not wanted
    vm_lua_status status;
} request;

// Whether the error is that the Lua source is nested too deeply. Other parse errors never pass a message handler;
// this one does, and `load` returns to the script what the handler makes of it, so it must remain a string.
static bool is_overflow(lua_State *L, int index) {
    return lua_type(L, index) == LUA_TSTRING && strcmp(lua_tostring(L, index), "C stack overflow") == 0;
}

// Records where the error was raised.
static int message_handler(lua_State *L) {
    lua_settop(L, 1);
    if (is_overflow(L, 1)) {
        luaL_where(L, 2);
        lua_insert(L, 1);
        lua_concat(L, 2);
    }
    vm_push_trace(L, 1);
    vm_set_trace(L);
    return 1;
}

static void put_field(lua_State *L, vm_values *out, const char *name, int index, uint32_t *count) {
    size_t length;
    const char *text = lua_tolstring(L, index, &length);
    if (text == NULL) return;
    vm_put_string(out, name, strlen(name));
    vm_put_string(out, text, length);
    (*count)++;
}

static bool is_host_error(lua_State *L, int index) {
    if (!lua_istable(L, index) || !lua_getmetatable(L, index)) return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &vm_key_error);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    if (!same) return false;
    // An error that `parallel` makes from a string has no kind: it is the script's own.
    lua_pushliteral(L, "kind");
    lua_rawget(L, index);
    bool has_kind = !lua_isnil(L, -1);
    lua_pop(L, 1);
    return has_kind;
}

// Writes the fields of a host error that the shell needs; other fields may be of any size.
static void put_host_error(lua_State *L, vm_values *out) {
    static const char *const names[] = {"kind", "message", "hint", "exit_code", "outcome", "plain", NULL};
    char problem[64] = "";
    vm_put_string(out, "value", 5);
    size_t mark = vm_put_begin(out, VM_RECORD);
    uint32_t count = 0;
    for (const char *const *name = names; *name != NULL; name++) {
        lua_pushstring(L, *name);
        lua_rawget(L, 2);
        vm_put_string(out, *name, strlen(*name));
        if (!lua_istable(L, -1)) {
            vm_copy_value(L, lua_gettop(L), out, true, problem, sizeof problem);
        } else {
            vm_put_simple(out, VM_NIL);
        }
        count++;
        lua_pop(L, 1);
    }
    vm_put_end(out, mark, count);
}

// Protected. 1: the error. 2: where to write.
static int report(lua_State *L) {
    vm_values *out = lua_touserdata(L, 2);
    lua_settop(L, 1);
    lua_pushvalue(L, 1);
    if (vm_find_trace(L, 1)) lua_insert(L, 3); // the position, then the traceback
    lua_settop(L, 4);
    bool speaks = lua_isstring(L, 2) || luaL_getmetafield(L, 2, "__tostring") != LUA_TNIL;
    lua_settop(L, 4);
    if (speaks)
        luaL_tolstring(L, 2, NULL);
    else
        lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 2));
    size_t mark = vm_put_begin(out, VM_RECORD);
    uint32_t count = 0;
    put_field(L, out, "message", 5, &count);
    if (!lua_isnil(L, 3)) put_field(L, out, "position", 3, &count);
    if (!lua_isnil(L, 4)) put_field(L, out, "traceback", 4, &count);
    if (is_host_error(L, 2)) {
        put_host_error(L, out);
        count++;
    }
    vm_put_end(out, mark, count);
    return 0;
}

static void put_message(vm_values *out, const char *message) {
    vm_values_clear(out, SIZE_MAX);
    size_t mark = vm_put_begin(out, VM_RECORD);
    vm_put_string(out, "message", 7);
    vm_put_string(out, message, strlen(message));
    vm_put_end(out, mark, 1);
}

// Writes the error of a run that is forced to stop, when no code of the script may run.
static void put_stopped(vm_values *out, const char *message) {
    vm_values_clear(out, SIZE_MAX);
    size_t mark = vm_put_begin(out, VM_RECORD);
    vm_put_string(out, "message", 7);
    vm_put_string(out, message, strlen(message));
    vm_put_string(out, "value", 5);
    size_t inner = vm_put_begin(out, VM_RECORD);
    vm_put_string(out, "kind", 4);
    vm_put_string(out, "cancelled", 9);
    vm_put_end(out, inner, 1);
    vm_put_end(out, mark, 2);
}

vm_lua_status vm_run_protected(vm_lua *host, int arguments, vm_values *error) {
    lua_State *L = host->main;
    int base = lua_gettop(L) - arguments; // index of the function
    lua_pushboolean(L, 0);
    vm_set_trace(L);
    lua_pushcfunction(L, message_handler);
    lua_insert(L, base);
    int status = lua_pcall(L, arguments, 0, base);
    if (status != LUA_OK && error != NULL) {
        vm_values_clear(error, SIZE_MAX);
        lua_pushcfunction(L, report);
        lua_insert(L, -2);
        lua_pushlightuserdata(L, error);
        int described = lua_pcall(L, 2, 0, 0);
        if (described == LUA_ERRMEM || (described != LUA_OK && status == LUA_ERRMEM)) {
            put_message(error, "not enough memory");
        } else if (described != LUA_OK && host->forced) {
            put_stopped(error, vm_why_stopped(host, host->task));
        } else if (described != LUA_OK) {
            put_message(error, lua_isstring(L, -1) ? lua_tostring(L, -1) : "(its text is an error)");
        }
    }
    lua_settop(L, base - 1);
    return status == LUA_OK ? VM_LUA_OK : status == LUA_ERRMEM ? VM_LUA_NO_MEMORY : VM_LUA_FAILED;
}

static bool ends_in_eof(lua_State *L) {
    size_t length;
    const char *message = lua_tolstring(L, -1, &length);
    static const char mark[] = "<eof>";
    return message != NULL && length >= sizeof mark - 1
        && strcmp(message + length - (sizeof mark - 1), mark) == 0;
}

static int push_arguments(lua_State *L) {
    if (lua_getglobal(L, "arg") != LUA_TTABLE) {
        lua_pop(L, 1);
        return 0;
    }
    lua_Integer count = (lua_Integer)lua_rawlen(L, -1);
    luaL_checkstack(L, (int)count + 3, "too many arguments to script");
    int table = lua_gettop(L);
    for (lua_Integer i = 1; i <= count; i++) lua_rawgeti(L, table, i);
    lua_remove(L, table);
    return (int)count;
}

static int run(lua_State *L) {
    request *r = lua_touserdata(L, 1);
    lua_settop(L, 0);
    int loaded = r->text != NULL ? luaL_loadbufferx(L, r->text, r->length, r->name, "t")
                                 : luaL_loadfilex(L, r->name, "t");
    if (loaded != LUA_OK) {
        r->status = loaded == LUA_ERRFILE ? VM_LUA_NO_FILE
            : loaded == LUA_ERRMEM        ? VM_LUA_NO_MEMORY
            : ends_in_eof(L)              ? VM_LUA_INCOMPLETE
                                          : VM_LUA_SYNTAX;
        if (is_overflow(L, -1))
            lua_pushfstring(L, "%s: the source is nested too deeply: C stack overflow",
                r->text != NULL ? r->name + 1 : r->name != NULL ? r->name : "stdin");
        return lua_error(L);
    }
    if (r->is_only_compiled) return 0;
    int count = r->takes_arguments ? push_arguments(L) : 0;
    if (r->results == NULL) {
        lua_call(L, count, 0);
        return 0;
    }
    lua_call(L, count, LUA_MULTRET);
    char problem[256];
    if (!vm_copy_arguments(L, r->results, false, 1, problem, sizeof problem))
        return luaL_error(L, "what it returns cannot be used: %s", problem);
    return 0;
}

static vm_lua_status run_request(vm_lua *host, request *r, vm_values *error) {
    lua_pushcfunction(host->main, run);
    lua_pushlightuserdata(host->main, r);
    vm_lua_status status = vm_run_protected(host, 1, error);
    return status == VM_LUA_FAILED && r->status != VM_LUA_OK ? r->status : status;
}

vm_lua_status vm_lua_run_text(
    vm_lua *lua, const char *text, size_t length, const char *chunk_name, vm_values *error) {
    request r = {.text = text != NULL ? text : "", .length = length, .name = chunk_name};
    return run_request(lua, &r, error);
}

vm_lua_status vm_lua_compile_text(
    vm_lua *lua, const char *text, size_t length, const char *chunk_name, vm_values *error) {
    request r = {.text = text != NULL ? text : "", .length = length, .name = chunk_name, .is_only_compiled = true};
    return run_request(lua, &r, error);
}

vm_lua_status vm_lua_evaluate(
    vm_lua *lua, const char *text, size_t length, const char *chunk_name, vm_values *results,
    vm_values *error) {
    request r = {.text = text != NULL ? text : "", .length = length, .name = chunk_name, .results = results};
    return run_request(lua, &r, error);
}

vm_lua_status vm_lua_run_file(vm_lua *lua, const char *path, vm_values *error) {
    request r = {.name = path, .takes_arguments = true};
    return run_request(lua, &r, error);
}

typedef struct prelude {
    const char *text;
    size_t length;
    const char *rest;
    size_t rest_length;
    int limit;
} prelude;

static int compile_rest(lua_State *L) {
    size_t length;
    const char *text = lua_tolstring(L, lua_upvalueindex(1), &length);
    if (luaL_loadbufferx(L, text, length, VM_OWN_CHUNK, "t") != LUA_OK) return lua_error(L);
    return 1;
}

// Raises if the task has to stop.
static int check(lua_State *L) {
    vm_check_interrupt(L);
    return 0;
}

static int run_prelude(lua_State *L) {
    const prelude *p = lua_touserdata(L, 1);
    if (luaL_loadbufferx(L, p->text, p->length, VM_OWN_CHUNK, "t") != LUA_OK) return lua_error(L);
    lua_getglobal(L, "spawn");
    vm_push_semaphore_constructor(L);
    lua_pushinteger(L, p->limit);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &vm_key_error);
    lua_pushlstring(L, p->rest, p->rest_length);
    lua_pushcclosure(L, compile_rest, 1);
    vm_push_trace_functions(L);
    lua_pushcfunction(L, check);
    lua_call(L, 9, 0);
    return 0;
}

bool vm_lua_run_prelude(
    vm_lua *lua, const char *text, size_t length, const char *rest, size_t rest_length, int limit) {
    prelude p = {text, length, rest, rest_length, limit};
    lua_pushcfunction(lua->main, run_prelude);
    lua_pushlightuserdata(lua->main, &p);
    return vm_run_protected(lua, 1, NULL) == VM_LUA_OK;
}

static int require(lua_State *L) {
    const char *const *names = lua_touserdata(L, 1);
    lua_getglobal(L, "require");
    lua_pushstring(L, names[1]);
    lua_call(L, 1, 1);
    lua_setglobal(L, names[0]);
    return 0;
}

vm_lua_status vm_lua_require(
    vm_lua *lua, const char *global, const char *module, vm_values *error) {
    const char *names[] = {global, module};
    lua_pushcfunction(lua->main, require);
    lua_pushlightuserdata(lua->main, names);
    return vm_run_protected(lua, 1, error);
}

bool vm_is_forked(const vm_lua *host) {
    return getpid() != host->process;
}

bool vm_lua_has_left(const vm_lua *lua, int *status) {
    *status = lua->exit_status;
    return lua->has_left;
}

static int end_tasks(lua_State *L) {
    vm_drive(L, NULL);
    return 0;
}

// os.exit([code [, close]]): stops every other task, like a failure of the main chunk, and then ends the process. The
// main chunk does that in place. In a finalizer no Lua may wait; the host stops what the tasks wait for.
int vm_leave_process(lua_State *L) {
    vm_lua *host = host_of(L);
    int code = lua_isboolean(L, 1) ? (lua_toboolean(L, 1) ? EXIT_SUCCESS : EXIT_FAILURE)
                                   : (int)luaL_optinteger(L, 1, EXIT_SUCCESS);
    if (vm_is_forked(host)) {
        fflush(NULL);
        _exit(code);
    }
    host->exit_status = code;
    host->has_left = true;
    if (!host->is_closing) {
        vm_lua_interrupt(host, VM_LUA_EXIT);
        vm_answer_interrupt(host);
        if (!vm_in_finalizer(L)) {
            if (host->task != &host->main_task) return vm_leave_task(L);
            lua_pushcfunction(L, end_tasks);
            lua_pcall(L, 0, 0, 0); // an error there does not stop the exit
        }
    }
    if (lua_toboolean(L, 2)) vm_lua_close(host);
    fflush(NULL); // files that the script has left open; the host ends without `exit`
    // As from a shell's trap, the last call counts: a handler may know better.
    host->callbacks.exit(host->callbacks.context, host->exit_status);
    exit(host->exit_status);
}

void vm_open_exit(lua_State *L) {
    lua_getglobal(L, "os");
    lua_pushcfunction(L, vm_leave_process);
    lua_setfield(L, -2, "exit");
    lua_pop(L, 1);
}
