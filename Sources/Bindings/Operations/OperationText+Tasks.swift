internal import VSphere

/// vCenter's tasks.
extension OperationText {
    static let tasks: [OperationText] = [
        OperationText(
            .getTask,
            "Describes one task.",
            ["the task's identifier", "return_all, exclude_result"],
            "service, operation, status (PENDING, RUNNING, BLOCKED, SUCCEEDED, FAILED), cancelable; "
                + "progress, result, error, start_time, end_time, user",
            errors: ["not_found", "resource_inaccessible", "service_unavailable"],
            example: "for id in pairs(listTasks()) do print(getTask(id).status) end"
        ),
        OperationText(
            .listTasks,
            "Lists tasks, those that have ended not long ago among them.",
            ["what to narrow the list by"],
            "the tasks by their identifiers, each as getTask gives it",
            filter: .record(
                ["tasks", "services", "operations", "users", "status"].map {
                    .init($0, .optional(.union([.string, .list(.string)])))
                },
                isOpen: false
            ),
            errors: ["invalid_argument"],
            example: #"for id, task in pairs(listTasks{ status = "RUNNING" }) do print(id) end"#
        ),
        OperationText(
            .cancelTask,
            "Asks a task to stop.",
            ["the task's identifier; it must be cancelable"],
            nothing,
            errors: ["not_found", "unsupported", "not_allowed_in_current_state"],
            example: """
                for id, task in pairs(listTasks()) do
                  if task.cancelable then cancelTask(id) end
                end
                """
        ),
    ]
}
