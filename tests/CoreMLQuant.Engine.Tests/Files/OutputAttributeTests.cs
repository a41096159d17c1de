using System;
using System.IO;
using CoreMLQuant.Conversion;
using CoreMLQuant.Files.Native;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using Xunit;

namespace CoreMLQuant.Tests.Files;

/// <summary>Permissions and attributes of outputs, as cp gives them. Root may run these: only bits are looked at.</summary>
public class OutputAttributeTests
{
    private const int Private = 0x180;  // rw-------
    private const int Shared = 0x1A4;   // rw-r--r--
    private const string Weights = "Data/com.apple.CoreML/weights/weight.bin";

    [Fact]
    public void Run_PrivateSource_GivesAPrivateOutput()
    {
        if (!Posix.IsAvailable)
        {
            return;
        }

        using var scratch = new ScratchFolder();
        string file = TestFiles.Copy(TestFiles.Fixture("nn_cnn", "fp32.mlmodel"), scratch.Combine("a.mlmodel"));
        Permissions.Set(file, Private, isFolder: false);

        string package = TestFiles.Copy(TestFiles.Fixture("convnet_iOS16", "fp32.mlpackage"), scratch.Combine("a.mlpackage"));
        Permissions.Set(Path.Combine(package, Weights), Private, isFolder: false);
        Permissions.Set(package, 0x1C0, isFolder: true);
        Convert(package, scratch.Combine("b.mlpackage"), overwrite: false);
        Convert(file, scratch.Combine("c.mlmodel"), overwrite: false);

        Assert.Equal(Private, Bits(scratch.Combine("c.mlmodel")));
        Assert.Equal(Private, Bits(scratch.Combine("b.mlpackage", Weights)));
        Assert.Equal(0x1C0, Bits(scratch.Combine("b.mlpackage")));
        Assert.Equal(Bits(Path.Combine(package, "Manifest.json")), Bits(scratch.Combine("b.mlpackage", "Manifest.json")));
    }

    [Fact]
    public void Run_ReplacedOutput_IsNeverOpenToMore()
    {
        if (!Posix.IsAvailable)
        {
            return;
        }

        using var scratch = new ScratchFolder();
        string source = TestFiles.Copy(TestFiles.Fixture("nn_cnn", "fp32.mlmodel"), scratch.Combine("a.mlmodel"));
        Permissions.Set(source, Shared, isFolder: false);
        string output = TestFiles.Copy(source, scratch.Combine("b.mlmodel"));
        Permissions.Set(output, Private, isFolder: false);
        Convert(source, output, overwrite: true);
        Assert.Equal(Private, Bits(output));
    }

    [Fact]
    public void Run_SourceThatAllMayWrite_IsHeldBackByTheMask()
    {
        if (!Posix.IsAvailable)
        {
            return;
        }

        using var scratch = new ScratchFolder();
        string source = TestFiles.Copy(TestFiles.Fixture("nn_cnn", "fp32.mlmodel"), scratch.Combine("a.mlmodel"));
        Permissions.Set(source, 0x1FF, isFolder: false);
        Convert(source, scratch.Combine("b.mlmodel"), overwrite: false);
        Assert.Equal(Permissions.AllowedByMask(scratch.Path), Bits(scratch.Combine("b.mlmodel")));
    }

    [Fact]
    public void Run_ExtendedAttributes_AreCopied()
    {
        using var scratch = new ScratchFolder();
        string source = TestFiles.Copy(TestFiles.Fixture("nn_cnn", "fp32.mlmodel"), scratch.Combine("a.mlmodel"));
        byte[] name = Posix.Bytes("user.origin"), value = [1, 2, 3];
        if (!OperatingSystem.IsLinux() || Posix.SetXAttr(Posix.Bytes(source), name, value, 3, 0) != 0)
        {
            return; // The file system of the test run has none.
        }

        Convert(source, scratch.Combine("b.mlmodel"), overwrite: false);
        var copied = new byte[8];
        Assert.Equal(3, (long)Posix.GetXAttr(Posix.Bytes(scratch.Combine("b.mlmodel")), name, copied, 8));
        Assert.Equal(value, copied[..3]);
    }

    private static void Convert(string source, string destination, bool overwrite)
    {
        using ModelFile model = ModelFile.Open(source);
        ModelCompressor.Run(model, ModelCompressor.Plan(model, new Float16Recipe()), destination, new ConversionOptions { Overwrite = overwrite });
    }

    private static int? Bits(string path) => FileFacts.Of(path, followLink: false)!.Value.Permissions;
}
