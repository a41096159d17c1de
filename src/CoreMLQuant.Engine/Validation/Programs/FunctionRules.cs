using System.Collections.Generic;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;
using CoreMLQuant.Validation.Interfaces;

namespace CoreMLQuant.Validation.Programs;

/// <summary>Rules for functions as such: a body for the opset, and an opset that the model's version has.</summary>
internal static class FunctionRules
{
    // Of MIL's encoding; it is not the specification version.
    private const long ProgramVersion = 1;

    /// <summary>Checks the functions of a stage.</summary>
    public static void Check(PipelineStage stage, FindingList findings)
    {
        if (stage.Model.MlProgram.Version != ProgramVersion)
        {
            findings.Add(ValidationRule.InvalidProgramVersion, new Place(stage.Name, string.Empty).Of("mlProgram"), $"the program's version is {stage.Model.MlProgram.Version}; it is {ProgramVersion}.");
        }

        foreach (KeyValuePair<string, Function> function in stage.Model.MlProgram.Functions)
        {
            string location = new Place(stage.Name, function.Key).Of();
            if (!function.Value.BlockSpecializations.ContainsKey(function.Value.Opset))
            {
                findings.Add(ValidationRule.MissingBody, location, $"there is no body for the opset '{function.Value.Opset}'{Suggestion.For(function.Value.Opset, function.Value.BlockSpecializations.Keys)}");
            }

            foreach (string opset in function.Value.BlockSpecializations.Keys)
            {
                int number = Platform.OpsetNumber(opset);
                if (IsKnown(number))
                {
                    VersionRules.Need(stage, Platform.SpecificationVersionOf(number), location, $"the opset {opset}", findings);
                }
                else
                {
                    findings.Add(ValidationRule.UnknownOpset, location, $"the opset '{opset}' is not known.");
                }
            }
        }
    }

    /// <summary>Whether an opset's operations are known.</summary>
    public static bool IsKnown(int opset) => opset >= 5 && Platform.SpecificationVersionOf(opset) <= Platform.NewestSpecificationVersion;
}
