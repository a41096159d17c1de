using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using CoreMLQuant.Conversion;
using CoreMLQuant.Models;
using CoreMLQuant.Recipes;
using CoreMLQuant.Recipes.Files;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation;
using Xunit;

namespace CoreMLQuant.Tests.Conversion;

/// <summary>Pairs are where coremltools puts them for the same ranges, with the same types, scales and zero points to the last bit.</summary>
public class ActivationConformanceTests
{
    private const string Prefix = "a8_";
    private const string Extension = ".mlmodel";

    /// <summary>Archive, case, and the name of what coremltools made of it.</summary>
    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (string archive in new[] { "activations.zip", "graphs.zip" })
            {
                using ZipArchive zip = ZipFile.OpenRead(ArchiveOf(archive));
                foreach (string[] entry in zip.Entries.Select(entry => entry.FullName.Split('/')).Where(entry => entry[1].StartsWith(Prefix, StringComparison.Ordinal)))
                {
                    data.Add(archive, entry[0], entry[1].Substring(Prefix.Length, entry[1].Length - Prefix.Length - Extension.Length));
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Convert_RangesOfCoremltools_SamePairs(string archive, string name, string mode)
    {
        using var scratch = new ScratchFolder();
        string folder = FixtureArchive.Extract(ArchiveOf(archive), name, scratch);
        ConversionResult result = EngineRuns.Convert(SourceOf(folder, name), scratch.Combine("out.mlpackage"), RecipeOf(folder, mode));

        Model theirs = Model.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, Prefix + mode + Extension)));
        using ModelFile ours = ModelFile.Open(result.Path);
        Assert.NotEmpty(result.Activations);
        Assert.Equal(PairSignature.Of(theirs.MlProgram), PairSignature.Of(ours.Specification.MlProgram));
        Assert.Empty(ModelValidator.Validate(result.Path).Findings);
    }

    private static string ArchiveOf(string name) => TestFiles.Fixture("activations", name);

    // A case with a configuration of coremltools has a recipe with the same.
    private static OptimizationRecipe RecipeOf(string folder, string mode)
    {
        string own = Path.Combine(folder, "recipe.json");
        OptimizationRecipe recipe = File.Exists(own) ? RecipeFile.Read(own, new RecipeDefaults { Folder = folder }) : Recipe(Path.Combine(folder, "ranges.json"), mode);
        return recipe with { AllowOpsetUpgrade = true };
    }

    private static OptimizationRecipe Recipe(string ranges, string mode) => new()
    {
        Steps = [],
        Activations = new ActivationQuantization
        {
            Operations = new OptimizationStep { Global = new LinearQuantizationRecipe { Mode = mode == "affine" ? QuantizationMode.Affine : QuantizationMode.Symmetric } },
            Ranges = ActivationRangesFile.Read(ranges),
        },
    };

    // Of a fixture, the folder's name is its own and that of the variant.
    private static string SourceOf(string folder, string name)
    {
        string own = Path.Combine(folder, "source.mlpackage");
        int variant = name.LastIndexOf('_');
        return Directory.Exists(own) ? own : TestFiles.Fixture(name.Substring(0, variant), name.Substring(variant + 1) + ".mlpackage");
    }
}
