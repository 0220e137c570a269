# llama-server without its web page, linked against the same library files; its sources are compiled in, with those of mtmd,
# which the installed packages lack.
file(GLOB SERVER_SOURCES ${LLAMA_SOURCE}/tools/server/*.cpp)
file(GLOB MTMD_SOURCES ${LLAMA_SOURCE}/tools/mtmd/mtmd*.cpp ${LLAMA_SOURCE}/tools/mtmd/clip.cpp ${LLAMA_SOURCE}/tools/mtmd/models/*.cpp)
list(FILTER MTMD_SOURCES EXCLUDE REGEX "mtmd-cli\\.cpp$")
set(HASH ${LLAMA_SOURCE}/vendor/hash)
set_source_files_properties(${HASH}/sha1/sha1.c PROPERTIES LANGUAGE CXX)

add_executable(llama-server EXCLUDE_FROM_ALL ${SERVER_SOURCES} ${MTMD_SOURCES} ${LLAMA_SOURCE}/vendor/cpp-httplib/httplib.cpp
  ${HASH}/hash.cpp ${HASH}/xxhash/xxhash.c ${HASH}/sha1/sha1.c ${HASH}/sha256/sha256.c)
target_compile_features(llama-server PRIVATE cxx_std_17)
target_include_directories(llama-server PRIVATE ${CMAKE_CURRENT_LIST_DIR}/no-ui ${LLAMA_SOURCE} ${LLAMA_SOURCE}/common
  ${LLAMA_SOURCE}/vendor ${HASH} ${LLAMA_SOURCE}/tools/mtmd ${LLAMA_SOURCE}/tools/server)
