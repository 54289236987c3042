internal import VSphere

/// Content libraries and their items.
extension OperationText {
    static let libraries: [OperationText] = [
        OperationText(
            .listLibraries,
            "Lists the content libraries.",
            [],
            "their identifiers",
            errors: [],
            example: "print(#listLibraries())"
        ),
        OperationText(
            .getLibrary,
            "Describes a content library.",
            ["the library's identifier"],
            "the model of the wire: id, name, type, …",
            errors: ["not_found"],
            example: "print(getLibrary(listLibraries()[1]).name)"
        ),
        OperationText(
            .findLibraries,
            "Finds content libraries.",
            ["name, type (\"LOCAL\" or \"SUBSCRIBED\"); one of them at least"],
            "the identifiers of those that match",
            errors: ["invalid_argument"],
            example: #"print(#findLibraries{ name = "golden" })"#
        ),
        OperationText(
            .listItems,
            "Lists the items of a library.",
            ["the library's identifier"],
            "their identifiers",
            errors: ["not_found"],
            example: #"print(#listItems(findLibraries{ name = "golden" }[1]))"#
        ),
        OperationText(
            .getItem,
            "Describes a library item.",
            [item],
            "the model of the wire: id, name, type, library_id, content_version (the latest version), …",
            errors: ["not_found"],
            example: #"print(item("golden/ubuntu-22.04"):getItem().content_version)"#
        ),
        OperationText(
            .findItems,
            "Finds library items.",
            ["name, library_id, source_id, type, cached; one of them at least"],
            "the identifiers of those that match",
            errors: ["invalid_argument"],
            example: #"print(#findItems{ name = "ubuntu-22.04" })"#
        ),
        OperationText(
            .deleteItem,
            "Deletes a library item with all its versions.",
            [item],
            nothing,
            errors: ["not_found", "invalid_element_type", "not_allowed_in_current_state"],
            example: #"deleteItem(item "golden/photon-ova")"#
        ),
        OperationText(
            .updateItem,
            "Changes the name or the description of a library item.",
            [item, "name, description; what is left out stays"],
            nothing,
            errors: [
                "not_found", "already_exists", "invalid_argument", "invalid_element_type",
                "not_allowed_in_current_state",
            ],
            example: #"updateItem(item "golden/photon-ova", { description = "of November" })"#
        ),
        OperationText(
            .deployOVF,
            "Deploys a machine from an OVF item.",
            [
                item,
                "deployment_spec with name, accept_all_EULA, default_datastore_id, network_mappings, …; target "
                    + "with resource_pool_id, folder_id, host_id; " + mark,
            ],
            "the new machine's identifier",
            errors: ["not_found", "invalid_argument", "resource_inaccessible"],
            example: """
                print(item("golden/photon-ova"):deployOVF{
                  deployment_spec = { name = "photon-{op}", accept_all_EULA = true },
                  target = { resource_pool_id = listResourcePools()[1].resource_pool } })
                """
        ),
    ]
}
