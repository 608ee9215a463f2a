# Taken in by the mutants' build: each of the product's own sources is compiled alone, so that a mutant costs one file.
# All else is the same for every mutant and stays in few pieces.
function(rmqsim_product_file_by_file)
  get_property(targets DIRECTORY ${PROJECT_SOURCE_DIR}/producer PROPERTY BUILDSYSTEM_TARGETS)
  set_target_properties(${targets} PROPERTIES UNITY_BUILD OFF)
endfunction()
cmake_language(DEFER CALL rmqsim_product_file_by_file)
