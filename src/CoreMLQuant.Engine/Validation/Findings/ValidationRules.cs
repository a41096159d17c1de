using System.Collections.Generic;

namespace CoreMLQuant.Validation.Findings;

/// <summary>How much each rule matters, and what to do when it is broken.</summary>
public static class ValidationRules
{
    private const string Rewrite = "Write the model again with the tool that made it, in its newest version.";
    private const string Damaged = "The package is damaged, or was put together from several; copy or export it again.";

    private static readonly Dictionary<ValidationRule, (FindingSeverity Severity, string Remedy)> Table = new()
    {
        [ValidationRule.IncompleteManifestItem] = (FindingSeverity.Error, "Add the key to Manifest.json, or save the package again."),
        [ValidationRule.NewerManifest] = (FindingSeverity.Error, "Save the package again with fileFormatVersion 1.0.0."),
        [ValidationRule.InvalidVersion] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.NewerVersion] = (FindingSeverity.Warning, "Nothing is known of this version here; what was checked are the rules of older ones."),
        [ValidationRule.VersionTooOld] = (FindingSeverity.Error, "Raise the specification version, and with it the systems that the model needs, or remove what needs it."),
        [ValidationRule.UnderstatedVersion] = (FindingSeverity.Warning, "Raise the specification version, so that older systems refuse the model instead of misreading it."),
        [ValidationRule.InvalidFeature] = (FindingSeverity.Error, "Correct the model's description."),
        [ValidationRule.DuplicateFeature] = (FindingSeverity.Warning, "Give each feature a name of its own."),
        [ValidationRule.IgnoredFlexibility] = (FindingSeverity.Warning, "Raise the specification version to 3, and with it the systems that the model needs, if the flexibility is meant."),
        [ValidationRule.FeatureType] = (FindingSeverity.Error, "Correct the model's description."),
        [ValidationRule.InvalidDescription] = (FindingSeverity.Error, "Correct the model's description."),
        [ValidationRule.UnknownPrediction] = (FindingSeverity.Warning, "Name an output of the model, or leave the name out."),
        [ValidationRule.ClassLabels] = (FindingSeverity.Error, "Add the class labels."),
        [ValidationRule.InvalidPipeline] = (FindingSeverity.Error, "Make each stage take what the pipeline or a stage before it gives, under the same name and with the same type."),
        [ValidationRule.UnknownModelType] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.StageParameters] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.NotChecked] = (FindingSeverity.Information, "Check on a device that Core ML loads it."),
        [ValidationRule.InterfaceMismatch] = (FindingSeverity.Error, "Make the description name the inputs, outputs and functions of the program, with their types."),
        [ValidationRule.MissingWeight] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.EmptyWeight] = (FindingSeverity.Warning, "Write the model again with the tool that made it: it loads, and the layer computes nothing that was meant."),
        [ValidationRule.WeightCount] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.ScaleCount] = (FindingSeverity.Error, "Quantize the model again from its floating-point source; coremltools writes too few scales for grouped deconvolutions."),
        [ValidationRule.MixedPrecision] = (FindingSeverity.Error, "Give all weights of the layer one precision."),
        [ValidationRule.RecurrentPrecision] = (FindingSeverity.Warning, "Give all weights of the layer one precision."),
        [ValidationRule.WeightForm] = (FindingSeverity.Error, "Store the layer's weights in a form that it takes."),
        [ValidationRule.QuantizedUpdatableWeight] = (FindingSeverity.Error, "Expand the model (Expand-CoreMLModel), or make it not updatable."),
        [ValidationRule.UndefinedLayerInput] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.EmptyNetwork] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.UnknownLayer] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.LayerInputCount] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.LayerOutputCount] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.LayerSetting] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.LayerRank] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.TensorRank] = (FindingSeverity.Error, "Leave 'inputTensor' and 'outputTensor' out, or correct them."),
        [ValidationRule.DuplicateLayerOutput] = (FindingSeverity.Error, "Give each value a name of its own."),
        [ValidationRule.ShapeMapping] = (FindingSeverity.Error, "Set 'arrayInputShapeMapping' to EXACT_ARRAY_MAPPING."),
        [ValidationRule.InputRank] = (FindingSeverity.Error, "Describe the input with the rank that the network takes."),
        [ValidationRule.UnmadeOutput] = (FindingSeverity.Error, "Make the description name outputs of layers."),
        [ValidationRule.UnmadeRegressorOutput] = (FindingSeverity.Warning, "Make the description name outputs of layers."),
        [ValidationRule.InvalidUpdate] = (FindingSeverity.Error, "Correct what the model says of its training, or make it not updatable."),
        [ValidationRule.InvalidProgramVersion] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.InvalidType] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.IncompleteEntry] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.IncompleteDictionary] = (FindingSeverity.Warning, "Core ML does not read it; write the model again to have it whole."),
        [ValidationRule.MissingBody] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.UnknownOpset] = (FindingSeverity.Warning, "Operations of this opset are not checked."),
        [ValidationRule.UndefinedValue] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.DuplicateValue] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.UnknownOperation] = (FindingSeverity.Warning, "Check on a device that Core ML knows the operation; here it is not checked."),
        [ValidationRule.CustomOperation] = (FindingSeverity.Information, "Ship the app with the implementation of the operation."),
        [ValidationRule.OperationNotInOpset] = (FindingSeverity.Error, "Convert the model for a newer system."),
        [ValidationRule.MissingParameter] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.UnknownParameter] = (FindingSeverity.Error, "Convert the model for the opset that has the parameter, or leave the parameter out."),
        [ValidationRule.ParameterType] = (FindingSeverity.Error, "Give the parameter a type that the operation takes in this opset."),
        [ValidationRule.ParameterNotConstant] = (FindingSeverity.Error, "Make the parameter a constant."),
        [ValidationRule.OperandShape] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.OutputType] = (FindingSeverity.Error, "Declare the type that the operation computes, or write the model again with the tool that made it."),
        [ValidationRule.ConstantType] = (FindingSeverity.Error, Rewrite),
        [ValidationRule.CompressedOutput] = (FindingSeverity.Error, "Expand the constant (Expand-CoreMLModel)."),
        [ValidationRule.OverlappingBlobs] = (FindingSeverity.Error, Damaged),
        [ValidationRule.BlobCount] = (FindingSeverity.Warning, Damaged),
        [ValidationRule.UnreferencedBlob] = (FindingSeverity.Information, "It does no harm beyond its size."),
        [ValidationRule.NonFiniteValues] = (FindingSeverity.Warning, "Attention masks hold minus infinity for a reason; in any other weight the model is broken, or its FP16 conversion was."),
        [ValidationRule.ZeroScale] = (FindingSeverity.Warning, "All values under it become the same, which is right only for a channel of zeros; compress the model again from its source if there is one."),
        [ValidationRule.PerBlockQuantization] = (FindingSeverity.Warning, "The Neural Engine has no format for blocks; use them for the GPU of a Mac, and palettize or quantize per channel for the Neural Engine."),
        [ValidationRule.PerChannelScaleNest] = (FindingSeverity.Warning, "This nest has crashed the Neural Engine and MPSGraph on macOS 26; palettize in groups of channels instead."),
    };

    /// <summary>How much a broken rule matters.</summary>
    public static FindingSeverity SeverityOf(ValidationRule rule) => Table[rule].Severity;

    /// <summary>What to do when a rule is broken, one sentence.</summary>
    public static string RemedyOf(ValidationRule rule) => Table[rule].Remedy;
}
