using System;
using System.IO;
using System.Linq;
using CoreMLQuant.Tests.Support;
using Xunit;

namespace CoreMLQuant.Tests;

/// <summary>A package whose weights are a link to a file elsewhere: an error in every command, and with -FollowLinks a model like any other.</summary>
public sealed class FollowLinksTests : ModuleTest
{
    [Theory]
    [InlineData("Get-CoreMLModel $args[0]")]
    [InlineData("Get-CoreMLWeight $args[0] -Statistics")]
    [InlineData("ConvertTo-Fp16Model $args[0] -DestinationPath $args[1]")]
    [InlineData("Compare-CoreMLModel $args[0] $args[0]")]
    [InlineData("Compare-CoreMLModel $args[0] $args[0] -RandomInput -Layer")]
    [InlineData("Export-CoreMLReport $args[0] -DestinationPath $args[1]")]
    [InlineData("ConvertTo-OnnxModel $args[0] -DestinationPath $args[1] -Verify")]
    [InlineData("Invoke-CoreMLModel $args[0] -RandomInput")]
    [InlineData("Invoke-CoreMLModel $args[0] -RandomInput -OutputPath ($args[1] + '/out.npz')")]
    public void EveryCommand_WeightsElsewhere_FollowsTheLinkWhenAsked(string command)
    {
        if (AddLinkedModel() is not { } model)
        {
            return;
        }

        Assert.Contains("PathOutsidePackage", Run(command, model, Folder["refused"]).ErrorIds);
        Assert.NotEmpty(Run(command + " -FollowLinks", model, Folder["out"]).Clean());
    }

    [Fact]
    public void Invoke_ModelOfAHuggingFaceCache_RunsWithoutBeingAsked()
    {
        string snapshot = Folder.Add(Workspace.Package, "models--a--b/snapshots/1f0e/net.mlpackage");
        string blobs = Folder["models--a--b/blobs"];
        Directory.CreateDirectory(blobs);
        foreach (string file in Directory.GetFiles(snapshot, "*", SearchOption.AllDirectories))
        {
            string blob = Path.Combine(blobs, Path.GetFileName(file) + "-hash");
            File.Move(file, blob);
            try
            {
                File.CreateSymbolicLink(file, blob);
            }
            catch (IOException)
            {
                return; // Windows needs a privilege for links.
            }
        }

        Assert.Single(Run("Invoke-CoreMLModel $args[0] -RandomInput", snapshot).Clean());
        Assert.Single(Run("ConvertTo-OnnxModel $args[0] -DestinationPath $args[1]", snapshot, Folder["out"]).Clean());
    }

    [Fact]
    public void IsRunnable_OfAModelThatWasReadWithItsLinks_FollowsThem()
    {
        if (AddLinkedModel() is not { } model)
        {
            return;
        }

        Assert.Equal([true], Run("(Get-CoreMLModel $args[0] -FollowLinks).IsRunnable", model).Clean().Select(item => item.BaseObject));
        Assert.Equal([false, true], Run("Test-CoreMLModel $args[0]; Test-CoreMLModel $args[0] -FollowLinks", model).Clean().Select(item => item.BaseObject));
    }

    [Fact]
    public void Completion_OfAModelWithLinks_OffersItsWeightsWhenAsked()
    {
        if (AddLinkedModel() is not { } model)
        {
            return;
        }

        string line = $"Get-CoreMLWeight '{model}' {{0}} -Name fc";
        Assert.NotEmpty(Session.Complete(line.Replace("{0}", "-FollowLinks", StringComparison.Ordinal)));
    }

    private string? AddLinkedModel()
    {
        string model = Folder.Add(Workspace.Package, "net.mlpackage");
        string weights = Path.Combine(model, "Data", "com.apple.CoreML", "weights", "weight.bin");
        File.Move(weights, Folder["elsewhere.bin"]);
        try
        {
            File.CreateSymbolicLink(weights, Folder["elsewhere.bin"]);
            return model;
        }
        catch (IOException)
        {
            return null; // Windows needs a privilege for links.
        }
    }
}
