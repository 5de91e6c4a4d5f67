"""Keys of recipients and of the program, copies sealed again and extracted, by verbs alone."""

from pathlib import Path

import pytest

from mapp_compliance.trust import generate_identity, open_sealed, sign_ssh
from tests.cli.line import ADVISORY, LEAKED, Line, package, recipient
from tests.cli.world import World, served, started

BOTH = ("--approve", "ann", "--approve", "bob")
KEY_PROOF = "mapp-key@v1"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> World:
    return served(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def world(base: World, tmp_path: Path) -> World:
    return base.copied(tmp_path)


def public(path: Path, text: str) -> Path:
    path.write_text(text + "\n")
    return path


def added(world: World, name: str, text: str) -> dict[str, object]:
    key = public(world.place / f"{name}.pub", text)
    words = ("partner", "key", "add", name, "--use", "seal", "--key", key)
    found = world.line.json(*words, "--keys-proved", "by a call")
    assert isinstance(found["key"], dict)
    return found["key"]


class TestKeysOfRecipients:
    def test_an_age_key_proves_itself_by_a_sealed_question(self, world: World) -> None:
        fresh, question = generate_identity(), world.place / "question.age"
        key = public(world.place / "new.pub", fresh.recipient)
        words = ("partner", "key", "add", "P1", "--use", "seal", "--key", key)
        world.line.fails(*words, "--question", question, code=6)
        answer = world.place / "answer"
        answer.write_bytes(open_sealed(question.read_bytes(), fresh.secret) + b"\n")

        found = world.line.json(*words, "--proof", answer)["key"]

        assert found["proved"] == "it opened a sealed question"
        assert (
            world.line.json("partner", "show", "P1")["partner"]["seal_key"]
            == (found["fingerprint"])
        )

    def test_the_answer_of_another_recipient_is_refused(self, world: World) -> None:
        fresh, question = generate_identity(), world.place / "question.age"
        key = public(world.place / "new.pub", fresh.recipient)
        words = ("--use", "seal", "--key", key)
        world.line.fails("partner", "key", "add", "P2", *words, "--question", question, code=6)
        answer = world.place / "answer"
        answer.write_bytes(open_sealed(question.read_bytes(), fresh.secret))
        world.line.fails("partner", "key", "add", "P1", *words, "--proof", answer, code=4)

    def test_an_ssh_key_proves_itself_by_a_signature(self, world: World) -> None:
        signer = recipient("P1").signer
        key = public(world.place / "new.pub", signer.public_key.text() + " who@where")
        words = ("partner", "key", "add", "P1", "--use", "sign", "--key", key)
        to_sign = world.line.fails(*words, code=6)["to_sign"]
        proof = world.place / "proof.sig"
        proof.write_bytes(sign_ssh(to_sign.encode(), KEY_PROOF, signer))
        assert world.line.json(*words, "--proof", proof)["key"]["use"] == "sign"

    def test_a_signature_of_another_key_proves_nothing(self, world: World) -> None:
        mine, other = recipient("P1").signer, recipient("P1").signer
        key = public(world.place / "new.pub", mine.public_key.text())
        words = ("partner", "key", "add", "P1", "--use", "sign", "--key", key)
        to_sign = world.line.fails(*words, code=6)["to_sign"]
        proof = world.place / "proof.sig"
        proof.write_bytes(sign_ssh(to_sign.encode(), KEY_PROOF, other))
        world.line.fails(*words, "--proof", proof, code=4)

    def test_a_receipt_of_an_older_key_still_counts(self, world: World) -> None:
        world.opened("P1")
        key = public(world.place / "n.pub", recipient("P1").signer.public_key.text())
        words = ("partner", "key", "add", "P1", "--use", "sign", "--key", key)
        world.line.json(*words, "--keys-proved", "by a call")
        receipt = world.line.json("receipt", "add", world.place / "P1.receipt")["receipt"]
        assert receipt["recipient"] == "P1"

    def test_a_receipt_of_a_revoked_key_does_not(self, world: World) -> None:
        world.opened("P1")
        mark = world.people["P1"].signer.public_key.fingerprint
        world.line.json("partner", "key", "revoke", "P1", mark, "--reason", "lost")
        world.line.fails("receipt", "add", world.place / "P1.receipt")

    def test_a_revoked_key_gives_way_to_the_one_before_and_never_returns(
        self, world: World
    ) -> None:
        fresh = generate_identity()
        before = world.line.json("partner", "show", "P1")["partner"]["seal_key"]
        mark = added(world, "P1", fresh.recipient)["fingerprint"]
        world.line.json("partner", "key", "revoke", "P1", mark, "--reason", "lost")
        assert world.line.json("partner", "show", "P1")["partner"]["seal_key"] == before
        again = ("partner", "key", "add", "P1", "--use", "seal", "--key", world.place / "P1.pub")
        world.line.fails(*again, "--keys-proved", "by a call")
        states = [
            bool(item["revoked_at"])
            for item in world.line.json("partner", "key", "list", "P1")["keys"]
            if item["use"] == "seal"
        ]
        assert states == [False, True]

    def test_without_any_sealing_key_nothing_is_issued(self, tmp_path: Path) -> None:
        world = started(tmp_path)
        mark = world.line.json("partner", "show", "P1")["partner"]["seal_key"]
        world.line.json("partner", "key", "revoke", "P1", mark, "--reason", "lost")
        plan = world.line.json("issue", ADVISORY, "--dry-run")["plan"]
        assert "P1" in [item["recipient"] for item in plan["withheld"]]


class TestSealedAgain:
    def test_the_same_files_open_with_the_new_key(self, world: World) -> None:
        fresh, copy = generate_identity(), world.copies["P1"]
        added(world, "P1", fresh.recipient)
        words = ("copy", "reseal", copy["copy"], "--key", world.place / "P1.pub")
        told = world.line.json(*words, *BOTH)["copies"][0]
        secret = public(world.place / "secret", fresh.secret)
        parcel = world.line.home / told["reseals"][0]["parcel"]

        world.line.json("open", parcel, "--key", secret, "--out", world.place / "again")

        first = world.opened("P1")
        assert (world.place / "again/payload/poc.py").read_bytes() == (
            first / "poc.py"
        ).read_bytes()
        assert (told["state"], told["digest"]) == (copy["state"], copy["digest"])
        assert told["delivered_at"] == copy["delivered_at"]
        assert parcel.with_name(parcel.name.replace(".tar.age", ".tlog-proof")).is_file()

    def test_a_receipt_of_the_second_parcel_counts(self, world: World) -> None:
        fresh = generate_identity()
        added(world, "P1", fresh.recipient)
        words = ("copy", "reseal", world.copies["P1"]["copy"], "--key", world.place / "P1.pub")
        told = world.line.json(*words, *BOTH)["copies"][0]
        secret = public(world.place / "secret", fresh.secret)
        _, sign = world.people["P1"].save(world.place / "keys")
        receipt = world.place / "receipt"
        world.line.json(
            *("open", world.line.home / told["reseals"][0]["parcel"], "--key", secret),
            *("--out", world.place / "again", "--receipt", receipt, "--sign-key", sign),
        )
        assert world.line.json("receipt", "add", receipt)["receipt"]["recipient"] == "P1"

    @pytest.mark.parametrize("people", [(), ("--approve", "ann"), ("--approve", "ann") * 2])
    def test_two_people_agree(self, world: World, people: tuple[str, ...]) -> None:
        added(world, "P1", generate_identity().recipient)
        words = ("copy", "reseal", world.copies["P1"]["copy"], "--key", world.place / "P1.pub")
        world.line.fails(*words, *people, code=6)
        assert len(list((world.line.home / "outbox/P1").iterdir())) == 2

    def test_a_key_of_somebody_else_is_refused(self, world: World) -> None:
        added(world, "P2", generate_identity().recipient)
        words = ("copy", "reseal", world.copies["P1"]["copy"], "--key", world.place / "P2.pub")
        world.line.fails(*words, *BOTH, code=5)

    def test_a_suspended_recipient_gets_nothing(self, world: World) -> None:
        added(world, "P1", generate_identity().recipient)
        world.line.json("partner", "suspend", "P1", "--reason", "a doubt", *BOTH)
        words = ("copy", "reseal", world.copies["P1"]["copy"], "--key", world.place / "P1.pub")
        world.line.fails(*words, *BOTH, code=5)


class TestExtracted:
    def test_the_files_are_those_of_the_parcel(self, world: World) -> None:
        copy = world.copies["P1"]["copy"]
        out = world.place / "out"
        words = ("copy", "extract", copy, "--reason", "for the arbiter", "--out", out)
        assert world.line.json(*words, *BOTH)["independence"] == "none"
        assert (out / "poc.py").read_bytes() == (world.opened("P1") / "poc.py").read_bytes()
        listed = world.line.json("copy", "list")["copies"]
        assert [item["extracted_at"] for item in listed if item["copy"] == copy] == [world.line.at]

    def test_a_verdict_says_that_the_house_had_the_copy_too(self, world: World) -> None:
        before = world.leaked("P1")
        assert not any("in the clear" in limit for limit in before["limits"])
        copy = world.copies["P1"]["copy"]
        words = ("copy", "extract", copy, "--reason", "for the arbiter")
        world.line.json(*words, "--out", world.place / "out", *BOTH)
        after = world.leaked("P1")
        assert [item["copy"] for item in after["copies"]] == [copy]
        assert any("in the clear" in limit for limit in after["limits"])
        assert after["bound"]["t"] == before["bound"]["t"]

    def test_one_person_gets_nothing(self, world: World) -> None:
        out = world.place / "out"
        copy = world.copies["P1"]["copy"]
        words = ("copy", "extract", copy, "--reason", "curiosity", "--out", out)
        world.line.fails(*words, "--approve", "ann", code=6)
        assert not out.exists()


class TestKeysOfTheProgram:
    def test_after_a_rotation_older_copies_are_still_named(self, world: World) -> None:
        leak = world.opened("P2") / "poc.py"
        words = ("key", "rotate", "--reason", "yearly", "--out", world.place / "new")
        world.line.json(*words, *BOTH)
        found = world.line.then(LEAKED).json("attribute", leak)
        assert [item["recipient"] for item in found["copies"]] == ["P2"]

    def test_new_parcels_are_signed_by_the_new_key(self, world: World) -> None:
        words = ("key", "rotate", "--reason", "yearly", "--out", world.place / "new")
        told = world.line.json(*words, *BOTH)
        keys = world.line.json("key", "list")["keys"]
        assert [key["in_use"] for key in keys] == [False, True]
        assert keys[1]["vendor_key"] == told["vendor_key"] != keys[0]["vendor_key"]
        title = ("--title", "Next", "--release-at", "2026-06-20T10:00:00Z")
        world.line.json("advisory", "new", "ADV-2", *title)
        world.line.json("attach", "ADV-2", package(world.place / "package"))
        line = world.line.then("2026-06-16T09:00:00Z")
        issued = line.json("issue", "ADV-2", "--yes")["copies"]
        parcel = next(item["parcel"] for item in issued if item["recipient"] == "P1")
        seal, _ = world.people["P1"].save(world.place / "keys")
        words = ("open", line.home / parcel, "--key", seal, "--out", world.place / "opened")
        opened = line.json(*words, "--vendor-key", world.place / "new/vendor.pub")
        assert opened["signer_pinned"]
        assert line.json("log", "verify")["ok"]

    def test_the_ledger_holds_before_and_after_for_those_who_know_the_old_key(
        self, world: World
    ) -> None:
        old = world.line.json("log", "checkpoint")
        words = ("key", "rotate", "--reason", "yearly", "--out", world.place / "new")
        world.line.json(*words, *BOTH)
        new = world.line.json("log", "checkpoint")
        (world.place / "head").write_text(old["checkpoint"])
        world.line.json("log", "verify", "--checkpoint", world.place / "head")
        assert new["key"] != old["key"]
        assert new["checkpoint"].count("— ") == 2

    def test_two_people_rotate(self, world: World) -> None:
        words = ("key", "rotate", "--reason", "yearly", "--out", world.place / "new")
        world.line.fails(*words, "--approve", "ann", code=6)
        assert len(world.line.json("key", "list")["keys"]) == 1

    def test_a_stolen_copy_is_reported_once(self, world: World) -> None:
        copy = world.copies["P1"]["copy"]
        words = ("key", "compromised", "--copy", copy, "--since", world.line.at, "--reason", "lost")
        assert world.line.json(*words) == world.line.json(*words)
        (stolen,) = world.line.json("key", "list")["stolen"]
        assert (stolen["what"], stolen["subject"]) == ("copy", copy)

    @pytest.mark.parametrize(
        "words",
        [
            ("--copy", "C-unknown"),
            ("--recipient", "P9"),
            ("--program-key", "--copy", "C-1"),
            (),
        ],
    )
    def test_a_report_names_one_thing_that_is_there(
        self, world: World, words: tuple[str, ...]
    ) -> None:
        line: Line = world.line
        line.fails("key", "compromised", *words, "--since", line.at, "--reason", "lost")
