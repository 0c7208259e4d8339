# openmp: at::parallel_for is inlined here, and without OpenMP every loop of ours would run on one thread.
# Official builds of libtorch bring a libgomp under a name of its own. Ours has to be the same one: two of them are two pools of threads, and
# the number of threads that libtorch is given would hold for its own alone.
find_package(OpenMP REQUIRED)
add_library(openmp INTERFACE)
get_filename_component(torch_libraries "${TORCH_LIBRARY}" DIRECTORY)
file(GLOB bundled "${torch_libraries}/libgomp-*.so*")
if(bundled)
  list(GET bundled 0 bundled)
  target_compile_options(openmp INTERFACE ${OpenMP_CXX_FLAGS})
  target_link_libraries(openmp INTERFACE "${bundled}")
  message(STATUS "OpenMP: libtorch's own ${bundled}")
else()
  target_link_libraries(openmp INTERFACE OpenMP::OpenMP_CXX)
endif()
