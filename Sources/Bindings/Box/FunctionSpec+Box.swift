extension FunctionSpec {
    /// Functions that wait, try again, and end a script.
    static let waiting: [FunctionSpec] = [
        FunctionSpec(
            "waitFor",
            "Asks again and again until a function gives a true value, and returns that.",
            [
                Parameter("fn", "fun(): any", "what to ask; what it raises ends the waiting"),
                Parameter(
                    "options",
                    "{every: (string|number)?, timeout: (string|number)?, title: string?}",
                    "every: how long to wait in between (5s); timeout: how long in all (10m); title: what is "
                        + "waited for, in the error and in a plan; lengths as \"30s\" or in seconds",
                    isOptional: true
                ),
            ],
            returns: Result(
                "any",
                "all that fn returned. A dry run asks once, and where nothing came it goes on at once, with a "
                    + "placeholder"
            ),
            errors: ["timeout", "usage"],
            example: """
                local vm = listVMs()[1].vm
                if getPower(vm).state == "POWERED_OFF" then setPower(vm, "start") end
                waitFor(function()
                  local state = getPower(vm).state
                  return state == "POWERED_ON", state -- the second value is what a timeout tells
                end, { every = "2s", timeout = "5m", title = "power of " .. vm })
                """,
            waits: true,
            body: nil
        ),
        FunctionSpec(
            "retry",
            "Calls a function again when it fails in a way that may pass.",
            [
                Parameter("fn", "fun(attempt: integer): any", "what to do"),
                Parameter(
                    "options",
                    "{times: integer?, every: (string|number)?, on: (string|string[])?}",
                    "times: how often in all (3); every: how long to wait in between (5s); on: the kinds of error "
                        + "after which it is tried again, else those that are retryable",
                    isOptional: true
                ),
            ],
            returns: Result(
                "any",
                "all that fn returned; the last error is raised as it was. Never tried again: what a change "
                    + "left unknown, and the kinds unknown_outcome, diverged and cancelled"
            ),
            errors: ["usage"],
            example: """
                local machines = retry(function() return listVMs() end,
                  { times = 5, every = "10s", on = { "service_unavailable", "timeout" } })
                print(#machines)
                """,
            waits: true,
            body: nil
        ),
        FunctionSpec(
            "fail",
            "Ends the script with a line for whoever runs it: no traceback, no place in the script.",
            [
                Parameter("message", "string", "the line"),
                Parameter("exit_code", "integer", "1 to 255, else 1", isOptional: true),
            ],
            returns: Result(
                "nil",
                "does not return: an error of kind failed is raised, so that what is open is closed"
            ),
            errors: ["failed", "usage"],
            example: """
                local it = item "golden/debian-12" or fail("there is no golden/debian-12", 66)
                print(it:latest())
                """,
            body: nil
        ),
    ]
}
