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
    private static readonly string Archive = TestFiles.Fixture("activations", "activations.zip");

    public static TheoryData<string, string> Cases
    {
        get
        {
            using ZipArchive zip = ZipFile.OpenRead(Archive);
            var data = new TheoryData<string, string>();
            foreach (string name in zip.Entries.Select(entry => entry.FullName.Split('/')[0]).Distinct())
            {
                data.Add(name, "symmetric");
                data.Add(name, "affine");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Convert_RangesOfCoremltools_SamePairs(string name, string mode)
    {
        using var scratch = new ScratchFolder();
        string folder = FixtureArchive.Extract(Archive, name, scratch);
        ConversionResult result = EngineRuns.Convert(SourceOf(folder, name), scratch.Combine("out.mlpackage"), Recipe(Path.Combine(folder, "ranges.json"), mode));

        Model theirs = Model.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, $"a8_{mode}.mlmodel")));
        using ModelFile ours = ModelFile.Open(result.Path);
        Assert.NotEmpty(result.Activations);
        Assert.Equal(PairSignature.Of(theirs.MlProgram), PairSignature.Of(ours.Specification.MlProgram));
        Assert.Empty(ModelValidator.Validate(result.Path).Findings);
    }

    private static OptimizationRecipe Recipe(string ranges, string mode) => new()
    {
        Steps = [],
        AllowOpsetUpgrade = true,
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
