def test_uid_is_nobodys_and_stays():
    found = identity()
    assert found["uid"] == found["euid"] != 0
    assert found["root"] in ("EPERM", "EINVAL")
    assert found["group"] is True
    assert leaves_session() is False


def test_environment_is_empty_but_for_ours():
    assert set(environment()) <= {"HOME", "LANG", "LC_CTYPE", "PATH", "TMPDIR", "TZ"}


def test_root_is_read_only():
    assert writable(["/", "/usr", "/usr/bin", "/etc", "/dev", "/proc", "/dev/shm", "/lib"]) == []


def test_nothing_of_the_host_is_there():
    assert there(["/home", "/root", "/srv", "/mnt", "/media", "/boot", "/run/docker.sock", "/var/run/docker.sock", "/var/lib/docker", "/tmp/.X11-unix"]) == []


def test_no_process_of_others_is_seen():
    assert len(processes_seen()) <= 3


def test_devices_are_harmless():
    assert set(devices()) <= {"console", "core", "fd", "full", "null", "ptmx", "random", "stderr", "stdin", "stdout", "tty", "urandom", "zero"}


def test_there_is_no_network():
    found = network()
    assert [name for name, error in found.items() if error is None] == []
    assert resolves() is not None


def test_no_capability_is_left():
    assert capabilities() == [0, 0, 0, 0, 0, 0]


def test_no_new_privileges_and_a_filter():
    assert hardening() == {"no_new_privs": 1, "seccomp": 2}


def test_dangerous_system_calls_are_refused():
    assert {name: error for name, error in system_calls().items() if error not in ("EPERM", "ENOSYS", "EACCES")} == {}


def test_resources_are_bounded():
    found = limits()
    assert found["RLIMIT_CORE"] == [0, 0]
    assert found["RLIMIT_MEMLOCK"] == [0, 0]
    assert 0 < found["RLIMIT_NOFILE"][1] <= 64
    assert 0 < found["RLIMIT_AS"][1] <= 512 << 20
    assert 0 < found["RLIMIT_FSIZE"][1] <= 16 << 20
    assert 0 < found["RLIMIT_CPU"][1] <= 64
    assert raised_limit() is False
    assert children() < 100


def test_descriptors_are_few():
    assert len(descriptors()) <= 5
    assert standard_input() == b""


def test_work_folder_is_capped():
    error, megabytes = fill_bytes()
    assert error == "ENOSPC" and megabytes <= 32
    error, inodes = fill_inodes()
    assert error == "ENOSPC" and inodes <= 5000


def test_nothing_is_left_from_before():
    assert leftovers() == []
