using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

public sealed class StopTests : ModuleTest
{
    [Fact]
    public void Stop_InTheMiddleOfAModel_LeavesNothingBehind()
    {
        string source = LargeNetwork.Write(Folder["large.mlmodel"]);
        string[] before = Folder.Entries();
        while (!IsStoppedInTheMiddle(source))
        {
            // It was done before the stop came.
            Directory.Delete(Folder["out"], recursive: true);
        }

        Assert.Equal(before, Folder.Entries());
        Assert.Equal([source], Run("Get-CoreMLModel $args[0]", source).Values("Path"));
    }

    [Fact]
    public void Stop_BetweenModels_LeavesWholeModelsOnly()
    {
        // More could come for ever, so that it is stopped even where all are done.
        for (int i = 0; i < 200; i++)
        {
            Folder.Add(Workspace.Network, $"net{i:000}.mlmodel");
        }

        using PowerShell shell = Session.Shell("& { Get-Item $args[0]; while ($true) { Start-Sleep -Milliseconds 10 } } $args[0] | ConvertTo-Fp16Model -DestinationPath $args[1]", Folder["*.mlmodel"], Folder["out"]);
        IAsyncResult running = shell.BeginInvoke();
        Wait(() => Directory.Exists(Folder["out"]) && Directory.EnumerateFiles(Folder["out"], "net*_fp16.mlmodel").Any());
        shell.Stop();

        Assert.ThrowsAny<PipelineStoppedException>(() => shell.EndInvoke(running));
        string[] written = Directory.GetFileSystemEntries(Folder["out"]);
        Assert.InRange(written.Length, 1, 200);
        Assert.Equal(written.Order(), Run("Get-CoreMLModel $args[0]", Folder["out"]).Values("Path").Order());
        Assert.All(Run("Get-CoreMLModel $args[0]", Folder["out"]).Values("Precision"), precision => Assert.Equal("Float16", precision));
    }

    private bool IsStoppedInTheMiddle(string source)
    {
        using PowerShell shell = Session.Shell("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1] -ThrottleLimit 1", source, Folder["out/deep"]);
        IAsyncResult running = shell.BeginInvoke();
        Wait(() => Directory.Exists(Folder["out/deep"]) && Directory.EnumerateFileSystemEntries(Folder["out/deep"]).Any());
        shell.Stop();
        if (shell.InvocationStateInfo.State == PSInvocationState.Completed)
        {
            return false;
        }

        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.ThrowsAny<PipelineStoppedException>(() => shell.EndInvoke(running));
        return true;
    }

    private static void Wait(Func<bool> condition)
    {
        Assert.True(SpinWait.SpinUntil(condition, HangGuard.Time), "It did not come so far.");
    }
}
