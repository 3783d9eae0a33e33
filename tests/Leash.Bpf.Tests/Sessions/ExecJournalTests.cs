using Leash.Bpf.Events;
using Leash.Bpf.Sessions;

namespace Leash.Bpf.Tests.Sessions;

public sealed class ExecJournalTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("leash-journal-");

    private string JournalPath => Path.Join(_directory.FullName, "execs");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void ChainOfPrograms_IsAsLongAsItsPaths_AndTheNextHolderKnowsTheSame()
    {
        ExecTable table = Written((table, journal) => LearnChain(table, journal, 1, 2000));
        Assert.InRange(new FileInfo(JournalPath).Length, 2000 * 32, 2000 * 100);
        AssertKnown(table);
    }

    [Fact]
    public void ChainWhoseBeginningIsForgotten_IsWrittenAnew_AndGoesOn()
    {
        ExecTable table = Written((table, journal) =>
        {
            LearnChain(table, journal, 1, 1000);
            table.Forget([.. table.All.Keys], new HashSet<ulong> { 400, 999, 1000 });
            journal.Rewrite(table);
            LearnChain(table, journal, 1001, 1500);
        });
        Assert.Equal(503, table.Count);
        Assert.InRange(new FileInfo(JournalPath).Length, 1500 * 32, 1500 * 150);
        AssertKnown(table);
    }

    [Fact]
    public void ExecsOfEqualProcesses_AreOneObject_AfterOpeningToo()
    {
        Written((table, journal) =>
        {
            Learn(table, journal, 1, 0, "/bin/a");
            Learn(table, journal, 2, 1, "/bin/b");
        });
        ExecTable next = new();
        using ExecJournal opened = ExecJournal.Open(JournalPath, next);
        Learn(next, opened, 3, 1, "/bin/b");
        Assert.Same(next.Find(2), next.Find(3));
    }

    [Fact]
    public void JournalCutOffAnywhere_KeepsItsWholeRecords_AndGoesOn()
    {
        List<long> ends = [0];
        Written((table, journal) =>
        {
            for (ulong id = 1; id <= 6; id++)
            {
                Learn(table, journal, id, id - 1, $"/bin/{id}", id == 3 ? "/w/script" : "");
                ends.Add(new FileInfo(JournalPath).Length);
            }
        });

        byte[] whole = File.ReadAllBytes(JournalPath);
        for (int length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(JournalPath, whole[..length]);
            ExecTable next = new();
            int known = ends.FindLastIndex(end => end <= length);
            using (ExecJournal journal = ExecJournal.Open(JournalPath, next))
            {
                Assert.Equal(known, next.Count);
                Assert.Equal(ends[known], new FileInfo(JournalPath).Length);
                Learn(next, journal, 7, (ulong)known, "/bin/next");
            }

            AssertKnown(next);
            Assert.Equal(known + 1, next.Count);
        }
    }

    [Fact]
    public void RecordThatNamesOneThatIsNotThere_IsRemoved()
    {
        ExecTable table = Written((table, journal) => Learn(table, journal, 1, 0, "/bin/a"));
        long length = new FileInfo(JournalPath).Length;
        using (FileStream stream = new(JournalPath, FileMode.Append))
        {
            foreach (ulong value in new[] { 2UL, 9UL, 0UL, 0UL })
            {
                stream.Write(BitConverter.GetBytes(value));
            }
        }

        AssertKnown(table);
        Assert.Equal(length, new FileInfo(JournalPath).Length);
    }

    private ExecTable Written(Action<ExecTable, ExecJournal> write)
    {
        ExecTable table = new();
        using ExecJournal journal = ExecJournal.Open(JournalPath, table);
        write(table, journal);
        return table;
    }

    private static void LearnChain(ExecTable table, ExecJournal journal, int first, int last)
    {
        for (int id = first; id <= last; id++)
        {
            Learn(table, journal, (ulong)id, (ulong)id - 1, $"/w/own-{id}", id % 3 == 0 ? $"/w/script-{id}" : "");
        }
    }

    private static void Learn(ExecTable table, ExecJournal journal, ulong id, ulong parent, string exe, string script = "")
    {
        ExecIdentity identity = Assert.IsType<ExecIdentity>(table.Learn(id, parent, Bytes(exe), Bytes(script)));
        journal.Add(id, identity);
        journal.Flush();
    }

    // A table that is made from the journal knows what this one knows.
    private void AssertKnown(ExecTable table)
    {
        ExecTable read = new();
        using ExecJournal journal = ExecJournal.Open(JournalPath, read);
        Assert.Equal(table.All.Keys.Order(), read.All.Keys.Order());
        foreach ((ulong id, ExecIdentity expected) in table.All)
        {
            ExecIdentity actual = read.All[id];
            Assert.Equal(expected.Exe, actual.Exe);
            Assert.Equal(expected.Script, actual.Script);
            Assert.Equal(expected.Before.ToArray(), actual.Before.ToArray());
        }
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
