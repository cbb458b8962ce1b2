//! Capabilities by which root does past the file system what is refused in it (capabilities(7)).

use std::io;

use rustix::thread::{CapabilitySet, capabilities, clear_ambient_capability_set, set_capabilities};

/// What is given up.
const GIVEN_UP: CapabilitySet = CapabilitySet::SYS_ADMIN // another view of the mounts, any terminal, swap
    .union(CapabilitySet::SYS_MODULE) // code in the kernel
    .union(CapabilitySet::SYS_RAWIO) // the memory of the machine, commands to disks
    .union(CapabilitySet::SYS_BOOT) // another kernel
    .union(CapabilitySet::DAC_READ_SEARCH) // files by handles, past all folders
    .union(CapabilitySet::BPF) // code in the kernel
    .union(CapabilitySet::MKNOD); // a device of a disk

/// Takes them from the calling thread, and from all that it starts from then on. After `no_new_privs`, so
/// that no program brings them back.
///
/// # Errors
/// As capset(2).
pub fn give_up() -> io::Result<()> {
    let mut sets = capabilities(None)?;
    sets.permitted.remove(GIVEN_UP);
    sets.effective.remove(GIVEN_UP);
    sets.inheritable.remove(GIVEN_UP);
    // What is inherited as it is would come back with it.
    clear_ambient_capability_set()?;
    Ok(set_capabilities(None, sets)?)
}
