// The least that a program pays which uses libcurl: loading it and its global state.
#include <curl/curl.h>

int main(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK;
}
