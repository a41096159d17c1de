using System.Collections.Generic;
using CoreMLQuant.Models;
using CoreMLQuant.Specification;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;

namespace CoreMLQuant.Validation.Interfaces;

/// <summary>Rules for one input, output or state. Source: Apple's validator of interfaces.</summary>
internal static class FeatureRules
{
    /// <summary>Flexible shapes, flexible sizes and sequences came together.</summary>
    public const int FlexibleVersion = 3;

    /// <summary>Checks features of one kind.</summary>
    public static void Check(PipelineStage stage, Place place, FeatureKind kind, IReadOnlyList<FeatureDescription> features, DetailReader reader, FindingList findings)
    {
        var names = new HashSet<string>();
        foreach (FeatureDescription feature in features)
        {
            var check = new FeatureCheck(stage, place.Of(kind.ToString().ToLowerInvariant(), feature.Name), findings);
            if (feature.Name.Length == 0)
            {
                check.Invalid("the feature has no name.");
            }
            else if (!names.Add(feature.Name))
            {
                findings.Add(ValidationRule.DuplicateFeature, check.Location, "the name stands twice; only one of the two can be meant by it.");
            }

            Check(check, kind, feature.Type ?? new FeatureType(), reader);
        }
    }

    private static void Check(FeatureCheck check, FeatureKind kind, FeatureType type, DetailReader reader)
    {
        bool isState = type.TypeCase == FeatureType.TypeOneofCase.StateType;
        if (isState ? kind == FeatureKind.Output : kind == FeatureKind.State)
        {
            check.Invalid(isState ? "a state is no output." : "what is described as a state has no state's type.");
            return;
        }

        switch (type.TypeCase)
        {
            case FeatureType.TypeOneofCase.None:
                check.Invalid("the type is missing or not known.");
                break;
            case FeatureType.TypeOneofCase.MultiArrayType:
                ArrayRules.Check(check, kind, type.MultiArrayType);
                break;
            case FeatureType.TypeOneofCase.ImageType:
                ImageRules.Check(check, type.ImageType, reader);
                break;
            case FeatureType.TypeOneofCase.StateType:
                ArrayRules.CheckState(check, type);
                break;
            case FeatureType.TypeOneofCase.DictionaryType when type.DictionaryType.KeyTypeCase == DictionaryFeatureType.KeyTypeOneofCase.None:
                check.Invalid("the dictionary's type of keys is missing.");
                break;
            case FeatureType.TypeOneofCase.SequenceType:
                CheckSequence(check, type.SequenceType);
                break;
        }
    }

    private static void CheckSequence(FeatureCheck check, SequenceFeatureType sequence)
    {
        check.Need(FlexibleVersion, "a sequence");
        if (sequence.SizeRange is { } range && !SizeRanges.IsOrdered(range))
        {
            check.Invalid("the sequence's range of sizes ends before it begins.");
        }

        if (sequence.TypeCase == SequenceFeatureType.TypeOneofCase.None)
        {
            check.Invalid("the sequence's type of entries is missing; it is Int64 or String.");
        }
    }
}

/// <summary>The check of one feature.</summary>
/// <param name="Stage">The stage it belongs to.</param>
/// <param name="Location">Where it is.</param>
/// <param name="Findings">Takes what is found.</param>
internal readonly record struct FeatureCheck(PipelineStage Stage, string Location, FindingList Findings)
{
    /// <summary>Whether the systems that the model is for look at flexible shapes and sizes.</summary>
    public bool IsFlexible => Stage.Model.SpecificationVersion >= FeatureRules.FlexibleVersion;

    /// <summary>Adds that the feature is not described as the format asks.</summary>
    public void Invalid(string message) => Findings.Add(ValidationRule.InvalidFeature, Location, message);

    /// <summary>Adds that the feature needs a newer version than the model has, if it does.</summary>
    public void Need(int version, string what) => VersionRules.Need(Stage, version, Location, what, Findings);

    /// <summary>Warns that a flexible shape or size is one only on systems that are newer than the model asks for.</summary>
    public void WarnOfFlexibility(string what) =>
        Findings.Add(ValidationRule.IgnoredFlexibility, Location, $"{what} is described; systems of specification version {Stage.Model.SpecificationVersion} do not look at it.");
}
