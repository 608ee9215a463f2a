# cpack: rmqsim_VERSION_amd64.deb with the programs, and librmqsim-dev with what C++ projects need. Where libraries are
# shared, all is one package.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME rmqsim)
set(CPACK_PACKAGE_VENDOR rmqsim)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "simulator and test harness for the Apache RocketMQ producer")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "rmqsim <maintainers@rmqsim.invalid>" CACHE STRING
  "Maintainer of the Debian packages, with an address")
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)

# What C++ projects link beside the libraries.
set(development "libboost-dev (>= 1.74), libssl-dev (>= 3.0), zlib1g-dev, liblz4-dev, libzstd-dev")
get_property(linked GLOBAL PROPERTY rmqsim_linked)
if(linked MATCHES "GTest::")
  string(APPEND development ", libgtest-dev, libgmock-dev")
endif()

set(CPACK_COMPONENT_TOOLS_DESCRIPTION "A real producer stack (queue choice, fault items, retries, one time budget)
runs against scriptable fake nameservers and fake brokers: under virtual
time, where every run is the same, or over TCP, from one scenario file.
The fakes stand in for a cluster for any client, and break on demand.")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Static libraries, headers and files for CMake and pkg-config: the producer,
the fakes with their rules for faults, and the harness that plays
scenarios in a project's own tests.")
set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME rmqsim)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SUGGESTS librmqsim-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME librmqsim-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${development}")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_RECOMMENDS rmqsim)

# Debian's own papers, which no other installation has.
string(TIMESTAMP year %Y)
configure_file(copyright.in ${CMAKE_CURRENT_BINARY_DIR}/copyright @ONLY)
add_custom_command(OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/papers/stamp
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/debian_papers ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR}
    "${CPACK_DEBIAN_PACKAGE_MAINTAINER}"
  DEPENDS debian_papers ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${CMAKE_CURRENT_BINARY_DIR}/copyright VERBATIM)
add_custom_target(rmqsim_debian_papers ALL DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/papers/stamp)
foreach(package rmqsim librmqsim-dev)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/papers/changelog.gz ${CMAKE_CURRENT_BINARY_DIR}/papers/changelog.Debian.gz
      ${CMAKE_CURRENT_BINARY_DIR}/copyright
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT debian_${package} EXCLUDE_FROM_ALL)
endforeach()
if(EXISTS ${PROJECT_SOURCE_DIR}/tools/wireshark/rocketmq.lua AND CMAKE_LIBRARY_ARCHITECTURE)
  set(link ${CMAKE_CURRENT_BINARY_DIR}/papers/rocketmq.lua)
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/papers)
  file(CREATE_LINK ../../../../share/rmqsim/wireshark/rocketmq.lua ${link} SYMBOLIC)
  install(FILES ${link} DESTINATION lib/${CMAKE_LIBRARY_ARCHITECTURE}/wireshark/plugins
    COMPONENT debian_rmqsim EXCLUDE_FROM_ALL)
endif()

set(tools programs docs debian_rmqsim)
set(libraries client fakes harness debian_librmqsim-dev)
if(BUILD_SHARED_LIBS)
  list(APPEND tools client fakes harness)
  set(libraries)
  set(CPACK_DEBIAN_TOOLS_PACKAGE_RECOMMENDS "${development}")
  set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
endif()
set(CPACK_COMPONENTS_ALL ${tools} ${libraries})
include(CPack)
cpack_add_component_group(tools)
foreach(component IN LISTS tools)
  cpack_add_component(${component} GROUP tools)
endforeach()
if(libraries)
  cpack_add_component_group(development)
  foreach(component IN LISTS libraries)
    cpack_add_component(${component} GROUP development)
  endforeach()
endif()
