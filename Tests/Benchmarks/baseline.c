// What a careful C program on curl_multi needs for the same work: the figure that ours are divided by.
//
//   cc -O2 -Wall -Wextra -o baseline baseline.c -lcurl
//   ./baseline URL COUNT CONCURRENCY [CA-FILE|-] [HEADER]...
//
// It fetches the URL COUNT times, CONCURRENCY at a time, over one multi handle. It reuses its easy handles,
// sets NOSIGNAL, and keeps each body in memory until the transfer has ended, as any client must. It
// prints the seconds of wall time and of CPU time.

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

struct body {
    char *data;
    size_t length, capacity;
};

static size_t on_body(char *data, size_t size, size_t count, void *context) {
    struct body *body = context;
    size_t length = size * count;
    if (body->length + length > body->capacity) {
        size_t capacity = (body->length + length) * 2;
        char *grown = realloc(body->data, capacity);
        if (grown == NULL) return 0;
        body->data = grown;
        body->capacity = capacity;
    }
    memcpy(body->data + body->length, data, length);
    body->length += length;
    return length;
}

static double seconds(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec / 1e6; }

static double wall(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

static CURL *make(const char *url, const char *ca, struct curl_slist *headers, struct body *body) {
    CURL *easy = curl_easy_init();
    if (easy == NULL) exit(70);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, body);
    if (headers != NULL) curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    if (ca != NULL) curl_easy_setopt(easy, CURLOPT_CAINFO, ca);
    return easy;
}

/// Takes the finished transfers off the queue and starts others; returns how many were finished.
static long turn_over(CURLM *multi, long *to_start) {
    long finished = 0;
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        CURL *easy = message->easy_handle;
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        if (message->data.result != CURLE_OK || status != 200) {
            fprintf(stderr, "%s, status %ld\n", curl_easy_strerror(message->data.result), status);
            exit(1);
        }
        struct body *body = NULL;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &body);
        body->length = 0;
        finished++;
        curl_multi_remove_handle(multi, easy);
        if (*to_start > 0) {
            --*to_start;
            curl_multi_add_handle(multi, easy);
        }
    }
    return finished;
}

int main(int count, char **words) {
    if (count < 4) {
        fprintf(stderr, "usage: %s URL COUNT CONCURRENCY [CA-FILE|-] [HEADER]...\n", words[0]);
        return 64;
    }
    long to_finish = atol(words[2]), to_start = to_finish, width = atol(words[3]);
    const char *ca = count > 4 && strcmp(words[4], "-") != 0 ? words[4] : NULL;
    struct curl_slist *headers = NULL;
    for (int i = 5; i < count; i++) headers = curl_slist_append(headers, words[i]);

    double start = wall();
    curl_global_init(CURL_GLOBAL_ALL);
    CURLM *multi = curl_multi_init();
    CURL **easy = calloc((size_t)width, sizeof *easy);
    struct body *bodies = calloc((size_t)width, sizeof *bodies);
    if (multi == NULL || easy == NULL || bodies == NULL) return 70;
    for (long i = 0; i < width; i++) {
        easy[i] = make(words[1], ca, headers, &bodies[i]);
        if (to_start-- > 0) curl_multi_add_handle(multi, easy[i]);
    }
    while (to_finish > 0) {
        int running;
        curl_multi_perform(multi, &running);
        long finished = turn_over(multi, &to_start);
        to_finish -= finished;
        if (finished == 0) curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    printf("wall %.3f cpu %.3f\n", wall() - start, cpu());
    for (long i = 0; i < width; i++) {
        curl_multi_remove_handle(multi, easy[i]);
        curl_easy_cleanup(easy[i]);
        free(bodies[i].data);
    }
    curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
    free(bodies);
    free(easy);
    return 0;
}
