using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using CoreMLQuant.Files;
using CoreMLQuant.Files.Native;
using Xunit;

namespace CoreMLQuant.Tests.Files;

/// <summary>A staging folder belongs to one destination and one run, whoever else works in the folder.</summary>
public class StagingFolderTests
{
    [Theory]
    [InlineData("a.mlpackage", "a.mlpackage.b.mlpackage")]
    [InlineData("*.mlpackage", "a.mlpackage")]
    [InlineData("?.mlpackage", "a.mlpackage")]
    [InlineData("[a].mlpackage", "a.mlpackage")]
    public void CleanUp_NameThatMatchesAnother_TakesOnlyItsOwn(string name, string other)
    {
        if (!Posix.IsAvailable && name.IndexOfAny(['*', '?']) >= 0)
        {
            return; // Windows has no such names.
        }

        using var scratch = new ScratchFolder();
        StagingFolder left = StagingFolder.Create(scratch.Combine(other));
        Directory.CreateDirectory(Path.Combine(left.Path, "old"));
        left.Leave();

        StagedOutput.CleanUp(scratch.Combine(name));
        Assert.True(Directory.Exists(left.Path));
        Assert.False(Directory.Exists(scratch.Combine(name)));

        StagedOutput.CleanUp(scratch.Combine(other));
        Assert.Equal([scratch.Combine(other)], Directory.GetDirectories(scratch.Path));
    }

    [Fact]
    public async Task Create_SeveralRunsOnOneDestination_EachKeepsItsFolder()
    {
        using var scratch = new ScratchFolder();
        string destination = scratch.Combine("out.mlmodel");
        Task[] runs = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                using StagedOutput staged = StagedOutput.Begin(destination, overwrite: true);
                File.WriteAllText(staged.ContentPath, "mine");
                Assert.Equal("mine", File.ReadAllText(staged.ContentPath));
                staged.Commit(overwrite: true, flush: null);
            }
        })).ToArray();
        await Task.WhenAll(runs);
        Assert.Equal([destination], Directory.GetFileSystemEntries(scratch.Path));
    }

    [Fact]
    public void Create_LongestName_HasRoom()
    {
        using var scratch = new ScratchFolder();
        string destination = scratch.Combine(new string('m', 247) + ".mlmodel");
        using (StagedOutput staged = StagedOutput.Begin(destination, overwrite: false))
        {
            File.WriteAllText(staged.ContentPath, "new");
            staged.Commit(overwrite: false, Medium.Flush);
        }

        Assert.Equal("new", File.ReadAllText(destination));
    }

    [Fact]
    public void CleanUp_PlantedLink_LeavesWhatItLeadsTo()
    {
        if (!Posix.IsAvailable)
        {
            return;
        }

        using var scratch = new ScratchFolder();
        string destination = scratch.Combine("work", "out.mlpackage");
        Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
        string victim = scratch.Combine("victim");
        Directory.CreateDirectory(Path.Combine(victim, "old"));
        string planted = NameFor(destination);
        Directory.CreateSymbolicLink(planted, victim);

        StagedOutput.CleanUp(destination);

        Assert.True(Directory.Exists(Path.Combine(victim, "old")));
        Assert.False(Directory.Exists(destination));
    }

    [Fact]
    public void CleanUp_PlantedLock_IsNotOpened()
    {
        if (!Posix.IsAvailable)
        {
            return;
        }

        using var scratch = new ScratchFolder();
        string destination = scratch.Combine("work", "out.mlpackage");
        Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
        string planted = NameFor(destination);
        Directory.CreateDirectory(Path.Combine(planted, "old"));
        File.CreateSymbolicLink(Path.Combine(planted, "lock"), scratch.Combine("made-by-following-the-link"));

        StagedOutput.CleanUp(destination);

        Assert.False(File.Exists(scratch.Combine("made-by-following-the-link")));
        Assert.False(Directory.Exists(destination));
    }

    [Fact]
    public void CleanUp_FolderOfAnotherOwner_IsLeft()
    {
        // Only root can give a folder away.
        if (!Posix.IsAvailable || Posix.EffectiveUser() != 0)
        {
            return;
        }

        using var scratch = new ScratchFolder();
        string destination = scratch.Combine("out.mlpackage");
        string planted = NameFor(destination);
        Directory.CreateDirectory(Path.Combine(planted, "old"));
        Assert.Equal(0, ChOwn(Posix.Bytes(planted), 12345, 12345));

        StagedOutput.CleanUp(destination);

        Assert.True(Directory.Exists(Path.Combine(planted, "old")));
        Assert.False(Directory.Exists(destination));
    }

    [Fact]
    public void Create_OnPosix_IsForThisUserAlone()
    {
        if (!Posix.IsAvailable)
        {
            return;
        }

        using var scratch = new ScratchFolder();
        using StagingFolder staging = StagingFolder.Create(scratch.Combine("out.mlmodel"));
        Assert.Equal(0x1C0, FileFacts.Of(staging.Path, followLink: false)!.Value.Permissions);
    }

    [Fact]
    public async Task Commit_OverAFolderWhereTheSystemExchanges_LeavesNoMomentWithoutOne()
    {
        using var scratch = new ScratchFolder();
        string destination = scratch.Combine("out.mlpackage");
        Directory.CreateDirectory(destination);
        Directory.CreateDirectory(scratch.Combine("probe"));
        if (!Renaming.TryExchange(destination, scratch.Combine("probe")))
        {
            return; // The file system of the test run cannot.
        }

        bool isDone = false;
        int missed = 0;
        Task watcher = Task.Run(() =>
        {
            while (!Volatile.Read(ref isDone))
            {
                missed += Directory.Exists(destination) ? 0 : 1;
            }
        });
        for (int i = 0; i < 300; i++)
        {
            using StagedOutput staged = StagedOutput.Begin(destination, overwrite: true);
            Directory.CreateDirectory(staged.ContentPath);
            staged.Commit(overwrite: true, flush: null);
        }

        Volatile.Write(ref isDone, true);
        await watcher;
        Assert.Equal(0, missed);
    }

    // The name of a staging folder for a destination, as anyone can find it out.
    private static string NameFor(string destination)
    {
        using StagingFolder staging = StagingFolder.Create(destination);
        return staging.Path;
    }

    [DllImport("libc", EntryPoint = "chown", SetLastError = true)]
    private static extern int ChOwn(byte[] path, uint owner, uint group);
}
