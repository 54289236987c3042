/// The format of inventories, for people.
enum InventoryReference {
    /// A chapter of `vmoon-sim --reference`.
    static let markdown = """

        ## Inventories

        `--inventory FILE`, `--state FILE` and `PUT /sim/state` take a JSON document; `GET /sim/state` and `vmoon snapshot` write
        one. Nearly everything is optional: `{"libraries":[{"name":"golden","items":[{"name":"web"}]}]}` is enough. A member that
        nobody knows is refused, with its place: `libraries[0].items[3].versions: …`, counted from 0.

        `{"vcenters":{"vc1.example.com":{…},"vc2.example.com:8443":{…}}}` has several vCenters; `--vcenter NAME`, or
        `PUT /sim/state?vcenter=NAME`, chooses one, and no choice is needed where it is the only one. `https://`, a user, the port
        443 and a path do not count in a name. A `PUT` without a body brings back what the simulator began with.

        | list | members |
        |---|---|
        | `libraries` | `id`, `name`, `type` (`LOCAL`, `SUBSCRIBED`), `description`, `creation_time`, `published`, `source` (the library that it follows), `last_sync_time`, `items` |
        | `items` | `id`, `name`, `type` (`vm-template`, `ovf`, …), `description`, `creation_time`, `last_modified_time`, `source`, `published` (the version), `next_version`, `versions` (`version`, `vm_template`; the latest last, two at most), `check_outs` (`vm`, `time`, `user`; one at most), `changes` (`version`, `time`, `user`, `message`, and `short_message` where a list does not have its first 80 characters) |
        | `machines` | `vm`, `name`, `template`, `power_state`, `powers_on`, `on_since`, `shuts_down`, `customization`, `cpu_count`, `cores_per_socket`, `memory_size_MiB` (0: the vCenter does not tell), `hot_add` (`cpu`, `cpu_removal`, `memory`), `guest_OS`, `library_item` (checked out of it), `folder`, `resource_pool`, `host`, `cluster`, `datastore` (empty: none), `disks` (`id`, `capacity`, `datastore`), `nics` (`id`, `network`), `hidden` (in no list). Lists are in the order of the document |
        | `placements` | `kind` (`folder`, `resource_pool`, `cluster`, `host`, `datastore`, `datacenter`, `network`, `storage_policy`, `customization_spec`), `id`, `name`, `type`, `parents` (identifiers by kind), `free_space`, `capacity`; without this list there are the standard ones |
        | `tag_categories`, `tags` | `id`, `name`, `description`, `single`; `id`, `name`, `description`, `category`, `objects` (identifiers, or `type` and `id`) |
        | `users` | `name`, `password`, `privileges` (null: all) |
        | `tasks` | `task`, and its answer under `answers` |
        | `refused` | `operation`, `kind`, `message`, `of` (the identifiers, two as `item/version`; none: whatever it is about): reads that are refused whatever the model says |

        `next_machine` and `next_identifier` are the numbers of what is made next.

        **Answers.** Libraries, items, machines, placements, tags, categories, tasks and the document itself may have `answers`:
        what a vCenter answered about the object, by the name of the operation (`getVM`, `getTools`, `listHosts`: the element of
        the list). The simulator answers so, with all fields that it has no place for; fields that it has a place for, such as
        `name`, `power_state` and the numbers of processors, come from the members above, and change with what is done. Answers
        about power and guest are dropped when a machine is switched on or off; a clone has none of its source. `null` for
        `getGuest`: the tools run, and tell nothing yet. An answer may have fields and words that no index has.

        """
}
