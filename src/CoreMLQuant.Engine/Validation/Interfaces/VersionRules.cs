using CoreMLQuant.Models;
using CoreMLQuant.Validation.Findings;

namespace CoreMLQuant.Validation.Interfaces;

/// <summary>The version itself, and what needs a newer one.</summary>
internal static class VersionRules
{
    /// <summary>Checks the version of a stage.</summary>
    public static void Check(PipelineStage stage, FindingList findings)
    {
        int version = stage.Model.SpecificationVersion;
        string location = new Place(stage.Name, string.Empty).Of("specificationVersion");
        if (version < 1)
        {
            findings.Add(ValidationRule.InvalidVersion, location, $"the specification version is {version}.");
        }
        else if (version > Platform.NewestSpecificationVersion)
        {
            findings.Add(ValidationRule.NewerVersion, location, $"the specification version is {version}; {Platform.NewestSpecificationVersion} is the newest known one.");
        }
    }

    /// <summary>Checks that the version has something that a stage uses.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="needed">The least version that has it.</param>
    /// <param name="location">Where it is used.</param>
    /// <param name="what">What it is, as the beginning of a sentence.</param>
    /// <param name="findings">Takes what is found.</param>
    /// <param name="rule">The rule that is broken when it does not.</param>
    public static void Need(
        PipelineStage stage, int needed, string location, string what, FindingList findings, ValidationRule rule = ValidationRule.VersionTooOld)
    {
        int version = stage.Model.SpecificationVersion;
        // A version that is no version has its own rule.
        if (version > 0 && version < needed)
        {
            findings.Add(rule, location, $"{what} needs specification version {needed} ({Platform.RequiredOS(needed)}); the model has {version}.");
        }
    }
}
