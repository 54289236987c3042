// Creating and closing an interpreter: its memory, its libraries, its paths.
#include "host.h"

#include "budget.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

// Tasks have a little more than the main chunk: one that fills the memory with tasks to come must not keep them from
// running, or each first resume would cost a full collection.
static size_t limit_now(const vm_lua *host) {
    return host->limit + host->slack + (host->task != &host->main_task ? host->limit / 32 : 0);
}

static bool fits(const vm_lua *host, size_t added) {
    return vm_budget_sum() + added <= limit_now(host);
}

// The answers and values of this thread count too, and what the host keeps: some of that may be gone.
static bool fits_now(vm_lua *host, size_t added) {
    if (vm_budget_here()->beside != &host->used) return host->used + added <= limit_now(host);
    if (fits(host, added)) return true;
    if (vm_budget_here()->held == 0) return false;
    vm_budget_measure();
    return fits(host, added);
}

static bool may_grow(vm_lua *host, size_t old_size, size_t new_size) {
    if (new_size <= old_size) return true; // shrinking always succeeds (manual §4.6: lua_Alloc)
    if (new_size > SIZE_MAX / 8) return false; // a request that must fail: see leave_handler
    if (host->limit != 0 && !fits_now(host, new_size - old_size)) return false;
    if (host->fail_countdown > 0 && --host->fail_countdown == 0) {
        if (host->fail_forever) host->fail_countdown = 1;
        return false;
    }
    return true;
}

// The memory that malloc takes for a block: 8 bytes beside it, in steps of 16, 32 at least.
static size_t chunk_of(size_t size) {
    if (size == 0) return 0;
    return size <= 24 ? 32 : (size + 8 + 15) & ~(size_t)15;
}

__attribute__((noinline)) static void *move_block(vm_lua *host, void *block, size_t old_size, size_t new_size) {
    if (!may_grow(host, old_size, new_size)) return NULL;
    void *moved = realloc(block, new_size);
    if (moved != NULL) {
        host->used += new_size - old_size;
        host->allocated += new_size;
        host->taken += chunk_of(new_size) - chunk_of(old_size);
    }
    return moved;
}

// Lua's memory, counted. Each table and closure comes and goes through here, so that what most calls do is short:
// without a limit it is hardly more than lua(1) does.
static void *allocate(void *context, void *block, size_t old_size, size_t new_size) {
    vm_lua *host = context;
    if (new_size == 0) {
        if (block == NULL) return NULL;
        host->used -= old_size;
        host->taken -= chunk_of(old_size);
        free(block);
        return NULL;
    }
    if (block != NULL) return move_block(host, block, old_size, new_size);
    // The old size says then what kind of object is allocated.
    if (host->limit != 0 || host->fail_countdown != 0 || new_size > SIZE_MAX / 8)
        return move_block(host, NULL, 0, new_size);
    void *made = malloc(new_size);
    if (made != NULL) {
        host->used += new_size;
        host->taken += chunk_of(new_size);
    }
    return made;
}

static int panic(lua_State *L) {
    const char *message = lua_tostring(L, -1);
    fprintf(stderr, "vmoon: internal error: a Lua error outside a protected call: %s\n",
        message != NULL ? message : "(no message)");
    _Exit(EX_SOFTWARE);
}

static int open_all(lua_State *L) {
    if (!lua_toboolean(L, 1)) {
        // As lua(1) does for -E: the package library then ignores LUA_PATH and similar variables.
        lua_pushboolean(L, 1);
        lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
    }
    luaL_openlibs(L);
    vm_open_values(L);
    vm_open_traces(L);
    vm_open_trampoline(L);
    vm_open_tasks(L);
    vm_open_coroutines(L);
    vm_open_print(L);
    vm_open_exit(L);
    vm_open_debug(L);
    lua_gc(L, LUA_GCGEN, 0, 0); // like lua(1)
    return 0;
}

vm_lua *vm_lua_new(const vm_lua_callbacks *callbacks, bool use_environment) {
    vm_lua *host = calloc(1, sizeof *host);
    if (host == NULL) return NULL;
    host->callbacks = *callbacks;
    host->wake = -1;
    host->process = getpid();
    lua_State *L = lua_newstate(allocate, host);
    if (L == NULL) {
        free(host);
        return NULL;
    }
    *(vm_lua **)lua_getextraspace(L) = host; // new coroutines get a copy (manual §4.6)
    lua_atpanic(L, panic);
    lua_setwarnf(L, vm_warn, host);
    host->main = L;
    host->base = (frame){.co = L};
    host->frame = &host->base;
    host->running = L;
    host->main_task = (task){.host = host, .co = L, .references = 1, .state = TASK_RUNNING};
    host->task = &host->main_task;
    lua_pushcfunction(L, open_all);
    lua_pushboolean(L, use_environment);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        vm_lua_free(host);
        return NULL;
    }
    return host;
}

void vm_lua_collect(vm_lua *lua, bool may_collect) {
    if (!may_collect) {
        lua_gc(lua->main, LUA_GCSTOP);
        return;
    }
    lua_gc(lua->main, LUA_GCRESTART);
    // It would begin at once; so many KiB later is early enough.
    lua_gc(lua->main, LUA_GCSTEP, -64);
}

void vm_lua_close(vm_lua *lua) {
    if (lua->main == NULL) return;
    lua->is_closing = true;
    lua_close(lua->main);
    lua->main = NULL;
    lua->running = NULL;
}

void vm_lua_free(vm_lua *lua) {
    if (lua == NULL) return;
    vm_lua_close(lua);
    vm_close_tasks(lua);
    vm_free_calls(lua);
    // The next interpreter of this thread starts without a limit.
    if (vm_budget_here()->beside == &lua->used)
        *vm_budget_here() = (vm_budget){.used = vm_budget_here()->used};
    free(lua);
}

const char *vm_lua_version(void) {
    return LUA_RELEASE;
}

void vm_lua_set_memory_limit(vm_lua *lua, size_t bytes) {
    lua->limit = bytes;
    lua->slack = 0;
    *vm_budget_here() =
        (vm_budget){.used = vm_budget_here()->used, .limit = bytes, .beside = bytes == 0 ? NULL : &lua->used};
}

void vm_lua_count_process(vm_lua *lua) {
    if (lua->limit != 0) vm_budget_begin_measuring(&lua->taken);
}

// Refusals after which a collection is tried: the first, the second, the fourth … A run that goes on although it
// is at its limit would spend its time on collections otherwise.
static bool is_worth_collecting(unsigned refusals) {
    return (refusals & (refusals - 1)) == 0;
}

bool vm_can_begin(lua_State *L, const task *t) {
    vm_lua *host = host_of(L);
    // Half of what tasks have beside the main chunk is left to those that have begun.
    size_t most = host->limit + host->slack + host->limit / 64;
    bool counts_all = vm_budget_here()->beside == &host->used;
    if (host->limit == 0 || t->has_begun) return true;
    if ((counts_all ? vm_budget_sum() : host->used) <= most) {
        host->late_refusals = 0;
        return true;
    }
    bool is_worth = host->allocated - host->allocated_then > host->limit / 64;
    if (!is_worth_collecting(++host->late_refusals) && !is_worth) return false;
    host->allocated_then = host->allocated;
    lua_gc(L, LUA_GCCOLLECT);
    return (counts_all ? vm_budget_sum() : host->used) <= most;
}

bool vm_has_room(lua_State *L, size_t bytes) {
    enum { PER_CALL = 1 << 10 }; // the host's object behind a userdata
    vm_lua *host = host_of(L);
    if (host->limit == 0 || vm_budget_here()->taken != &host->taken) return true;
    host->traffic += bytes + PER_CALL;
    if (host->traffic < host->limit / 16 && vm_budget_here()->held == 0) return true;
    host->traffic = 0;
    vm_budget_measure();
    if (vm_budget_here()->held == 0 || fits(host, 0)) {
        host->refusals = 0;
        return true;
    }
    if (is_worth_collecting(++host->refusals)) {
        lua_gc(L, LUA_GCCOLLECT);
        vm_budget_measure();
    }
    return vm_budget_here()->held == 0 || fits(host, 0);
}

void vm_make_room(vm_lua *host) {
    enum { ROOM = 256 << 10 };
    if (host->limit == 0) return;
    vm_budget *budget = vm_budget_here();
    host->slack = 0;
    vm_budget_measure();
    if (vm_budget_sum() + ROOM > host->limit) {
        lua_gc(host->main, LUA_GCCOLLECT);
        vm_budget_measure();
        size_t needed = vm_budget_sum() + ROOM;
        host->slack = needed > host->limit ? needed - host->limit : 0;
    }
    budget->limit = host->limit + host->slack;
}

size_t vm_lua_memory_used(const vm_lua *lua) {
    return lua->used;
}

void vm_lua_fail_allocation(vm_lua *lua, long n, bool forever) {
    lua->fail_countdown = n;
    lua->fail_forever = forever;
}

int vm_lua_stack_height(const vm_lua *lua) {
    return lua_gettop(lua->main);
}

// arg and package.path

typedef struct words {
    const char *const *words;
    int count, script;
} words;

static int set_arguments(lua_State *L) {
    const words *w = lua_touserdata(L, 1);
    lua_createtable(L, w->count - w->script > 0 ? w->count - w->script - 1 : 0, w->script + 1);
    for (int i = 0; i < w->count; i++) {
        lua_pushstring(L, w->words[i]);
        lua_rawseti(L, -2, i - w->script);
    }
    lua_setglobal(L, "arg");
    return 0;
}

static bool protect(vm_lua *host, lua_CFunction function, const void *context) {
    lua_pushcfunction(host->main, function);
    lua_pushlightuserdata(host->main, (void *)context);
    bool done = lua_pcall(host->main, 1, 0, 0) == LUA_OK;
    if (!done) lua_pop(host->main, 1);
    return done;
}

bool vm_lua_set_arguments(vm_lua *lua, const char *const *list, int count, int script) {
    words w = {list, count, script};
    return protect(lua, set_arguments, &w);
}

typedef struct folders {
    const char *const *list;
    int count;
} folders;

// Removes `./` from Lua's built-in search path: files of the working directory do not belong to the script.
// The entries of LUA_PATH, LUA_CPATH and their versioned forms stay as they are.
static void set_path(lua_State *L, const char *field, const char *built_in, const folders *f) {
    lua_getglobal(L, "package");
    lua_getfield(L, -1, field);
    const char *path = luaL_optstring(L, -1, "");
    const char *own = strstr(path, built_in);
    const char *own_end = own != NULL ? own + strlen(built_in) : NULL;
    luaL_Buffer kept;
    luaL_buffinit(L, &kept);
    const char *separator = "";
    for (int i = 0; i < f->count; i++) {
        lua_pushfstring(L, "%s%s/?.lua;%s/?/init.lua", separator, f->list[i], f->list[i]);
        luaL_addvalue(&kept);
        separator = ";";
    }
    while (*path != 0) {
        size_t entry = strcspn(path, ";");
        bool is_own = own != NULL && path >= own && path < own_end;
        if (entry > 0 && !(is_own && path[0] != '/')) {
            luaL_addstring(&kept, separator);
            luaL_addlstring(&kept, path, entry);
            separator = ";";
        }
        path += entry + (path[entry] == ';');
    }
    luaL_pushresult(&kept);
    lua_setfield(L, -3, field);
    lua_pop(L, 2);
}

static int set_package_path(lua_State *L) {
    const folders *f = lua_touserdata(L, 1);
    set_path(L, "path", LUA_PATH_DEFAULT, f);
    set_path(L, "cpath", LUA_CPATH_DEFAULT, &(folders){NULL, 0});
    return 0;
}

bool vm_lua_set_package_path(vm_lua *lua, const char *const *list, int count) {
    folders f = {list, count};
    return protect(lua, set_package_path, &f);
}
