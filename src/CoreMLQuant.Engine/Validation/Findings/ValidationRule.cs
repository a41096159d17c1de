namespace CoreMLQuant.Validation.Findings;

/// <summary>
/// The rules that a model is held to once it can be read; what keeps it from being read is a <see cref="Errors.FormatRule"/>.
/// The names are stable: scripts match on them. Severities and remedies: <see cref="ValidationRules"/>.
/// </summary>
public enum ValidationRule
{
    /// <summary>An item of the manifest lacks a key that Core ML's reader asks for.</summary>
    IncompleteManifestItem,

    /// <summary>The manifest's format version is newer than 1.0.0.</summary>
    NewerManifest,

    /// <summary>The specification version is missing or negative.</summary>
    InvalidVersion,

    /// <summary>The specification version is newer than any known one.</summary>
    NewerVersion,

    /// <summary>The model uses something that its specification version does not have.</summary>
    VersionTooOld,

    /// <summary>A NeuralNetwork has weights or layers that the systems of its specification version do not know.</summary>
    UnderstatedVersion,

    /// <summary>An input, output or state is not described as the format asks.</summary>
    InvalidFeature,

    /// <summary>Two inputs, two outputs or two states have one name.</summary>
    DuplicateFeature,

    /// <summary>A flexible shape or size is described for systems that do not look at it.</summary>
    IgnoredFlexibility,

    /// <summary>A feature has a type or a shape that a model of its kind does not take.</summary>
    FeatureType,

    /// <summary>The model's description contradicts itself: functions, classifier outputs, optional inputs.</summary>
    InvalidDescription,

    /// <summary>What a model calls its prediction is not among its outputs; nothing asks for it.</summary>
    UnknownPrediction,

    /// <summary>A classifier has no class labels.</summary>
    ClassLabels,

    /// <summary>Stages of a pipeline are missing, misnamed, or do not fit together.</summary>
    InvalidPipeline,

    /// <summary>The kind of a model is not set, or not known.</summary>
    UnknownModelType,

    /// <summary>The parameters of a model that is no network and no program break a rule of its kind.</summary>
    StageParameters,

    /// <summary>Something is too large to be checked.</summary>
    NotChecked,

    /// <summary>The description's inputs, outputs or functions are not those of the program.</summary>
    InterfaceMismatch,

    /// <summary>A layer lacks a weight that it needs.</summary>
    MissingWeight,

    /// <summary>A weight is empty in a layer whose weights nothing asks for when the model is loaded.</summary>
    EmptyWeight,

    /// <summary>A weight has another number of values than its layer asks for.</summary>
    WeightCount,

    /// <summary>A quantized weight has another number of scales than its layer asks for.</summary>
    ScaleCount,

    /// <summary>A layer has FP32 weights beside FP16 ones.</summary>
    MixedPrecision,

    /// <summary>A recurrent layer mixes FP32 and FP16 weights where Core ML does not look at it.</summary>
    RecurrentPrecision,

    /// <summary>A layer does not take weights in this form.</summary>
    WeightForm,

    /// <summary>A layer that is trained on a device has quantized weights.</summary>
    QuantizedUpdatableWeight,

    /// <summary>A layer takes a value that no input gives and no layer before it makes.</summary>
    UndefinedLayerInput,

    /// <summary>A network has no layers.</summary>
    EmptyNetwork,

    /// <summary>The kind of a layer is not set, or not known.</summary>
    UnknownLayer,

    /// <summary>A layer has another number of inputs than its kind takes.</summary>
    LayerInputCount,

    /// <summary>A layer has another number of outputs than its kind has.</summary>
    LayerOutputCount,

    /// <summary>A setting of a layer is missing or impossible.</summary>
    LayerSetting,

    /// <summary>An input or output of a layer has a rank that its kind does not take.</summary>
    LayerRank,

    /// <summary>The ranks that layers give for values contradict themselves, each other or the description.</summary>
    TensorRank,

    /// <summary>A layer makes a value that is there already.</summary>
    DuplicateLayerOutput,

    /// <summary>Inputs are mapped to five axes in a network that takes other ranks.</summary>
    ShapeMapping,

    /// <summary>An input of a network has a rank that it does not take.</summary>
    InputRank,

    /// <summary>An output of the description is made by no layer.</summary>
    UnmadeOutput,

    /// <summary>An output of a regressor is made by no layer.</summary>
    UnmadeRegressorOutput,

    /// <summary>A model that is trained on a device is not set up for it.</summary>
    InvalidUpdate,

    /// <summary>The version of an ML Program's encoding is not 1.</summary>
    InvalidProgramVersion,

    /// <summary>A type is missing, or its rank is not the number of its dimensions.</summary>
    InvalidType,

    /// <summary>An input or attribute of an operation has no name, or nothing under it.</summary>
    IncompleteEntry,

    /// <summary>An entry of a dictionary that tells how a program was made has no key or no value.</summary>
    IncompleteDictionary,

    /// <summary>A function has no body for its opset.</summary>
    MissingBody,

    /// <summary>An opset that is not known.</summary>
    UnknownOpset,

    /// <summary>A value is used that is not made before.</summary>
    UndefinedValue,

    /// <summary>Two values of one block have the same name.</summary>
    DuplicateValue,

    /// <summary>The type of operation is not known.</summary>
    UnknownOperation,

    /// <summary>The operation is the app's own.</summary>
    CustomOperation,

    /// <summary>The operation belongs to a newer opset than its function.</summary>
    OperationNotInOpset,

    /// <summary>An operation lacks a parameter.</summary>
    MissingParameter,

    /// <summary>An operation has a parameter that its opset does not know.</summary>
    UnknownParameter,

    /// <summary>A parameter has a type that the operation does not take, or another than one that it must agree with.</summary>
    ParameterType,

    /// <summary>A parameter that must be constant is computed.</summary>
    ParameterNotConstant,

    /// <summary>The shapes of an operation's parameters do not go together, or a setting of it is impossible.</summary>
    OperandShape,

    /// <summary>An output of an operation is declared as another type than the operation computes.</summary>
    OutputType,

    /// <summary>A constant is declared as another type than that of its value, or has no value.</summary>
    ConstantType,

    /// <summary>A compressed constant is an output of a block; only an operand can be compressed.</summary>
    CompressedOutput,

    /// <summary>Two blobs of a weight file share bytes.</summary>
    OverlappingBlobs,

    /// <summary>The header of a weight file tells another number of blobs than there are.</summary>
    BlobCount,

    /// <summary>A blob that nothing refers to.</summary>
    UnreferencedBlob,

    /// <summary>A weight holds infinities or NaN.</summary>
    NonFiniteValues,

    /// <summary>A scale is zero.</summary>
    ZeroScale,

    /// <summary>A weight is quantized in blocks.</summary>
    PerBlockQuantization,

    /// <summary>A palettized weight, or its table of floats, is multiplied by scales.</summary>
    PerChannelScaleNest,
}
