# Compiles cells.cpp (COMPILE, FOLDERS and SOURCE are given) and looks for the message that each
# mistake must give; that the sound kinds compile shows that nothing else is wrong.
set(inexact "is callable for this phase and [a-z]+, but its types are not exactly")
set(mistakes
  "ByReference = decide ${inexact}"
  "ByValue = decide ${inexact}"
  "OfEveryMessage = decide ${inexact}"
  "AnotherResult = decide ${inexact}"
  "Ambiguous = decide is ambiguous for this phase and command"
  "EvolveOfACopy = evolve ${inexact}"
  "EvolveToAnotherPhase = evolve ${inexact}"
  "EvolveAmbiguous = evolve is ambiguous for this phase and event"
  "PendingByReference = pending is ambiguous for this phase, or its types are not exactly"
  "ContributeToACopy = contribute is ambiguous for this phase, or its types are not exactly"
  "ViewOfEveryMessage = view is ambiguous for this phase, or its types are not exactly"
  "ViewOfNothing = every phase but the first needs a view"
  "StateOfItsOwn = State is the variant of the phases, in their order"
  "DeafToRefusals = a kind that tells needs evolve")

set(compile ${COMPILE} -std=c++23 -fsyntax-only ${FOLDERS} ${SOURCE})
execute_process(COMMAND ${compile} -Dwithout_mistakes RESULT_VARIABLE failed ERROR_VARIABLE said)
if(failed)
  message(SEND_ERROR "the sound kinds do not compile:\n${said}")
endif()

execute_process(COMMAND ${compile} RESULT_VARIABLE failed ERROR_VARIABLE said)
if(NOT failed)
  message(SEND_ERROR "the mistaken kinds compile")
endif()
# So that a pattern can stay within what belongs to one error.
string(REPLACE "error: static assertion failed: " "@" said "${said}")
foreach(mistake IN LISTS mistakes)
  string(REGEX MATCH "^([A-Za-z]+) = (.*)$" matched "${mistake}")
  set(kind ${CMAKE_MATCH_1})
  set(expected ${CMAKE_MATCH_2})
  if(NOT said MATCHES "tests::${kind}[^A-Za-z][^@]*@${expected}")
    message(SEND_ERROR "${kind} does not give: ${expected}\n${said}")
  endif()
endforeach()
