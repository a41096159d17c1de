using System.Linq;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Specification.Schema.Details;
using CoreMLQuant.Validation.Findings;
using ArrayDataType = CoreMLQuant.Specification.Schema.ArrayFeatureType.Types.ArrayDataType;
using FeatureCase = CoreMLQuant.Specification.Schema.FeatureType.TypeOneofCase;

namespace CoreMLQuant.Validation.Stages;

/// <summary>Rules for the systems' own feature prints of images and sounds.</summary>
internal static class FeaturePrints
{
    private const int NewestScene = 2, OnlyObjects = 1, ObjectOutputs = 2;

    // What the VGGish front end takes and gives: 0.975 s at 16 kHz, and frames by mel bands.
    private static readonly long[] Samples = [15600], Bands = [1, 96, 64];

    /// <summary>Checks a feature print of images.</summary>
    public static void CheckVision(StageContext stage)
    {
        stage.Inputs(1, FeatureCase.ImageType);
        if (stage.Read(stage.Stage.Model.VisionFeaturePrint, VisionFeaturePrintDetails.Parser) is not { } model)
        {
            return;
        }

        if (model.Scene is { } scene)
        {
            stage.Require((scene.Version is > 0 and <= NewestScene, $"the version of the scene print is {scene.Version}; 1 to {NewestScene} are known."));
            stage.Outputs(1, FeatureCase.MultiArrayType);
        }
        else if (model.Objects is { } objects)
        {
            stage.Require(
                (objects.Version == OnlyObjects, $"the version of the objects print is {objects.Version}; {OnlyObjects} is known."),
                (objects.Output.Count == ObjectOutputs, $"the objects print has {objects.Output.Count} outputs; it has {ObjectOutputs}."));
            stage.Outputs(ObjectOutputs, FeatureCase.MultiArrayType);
            foreach (FeatureDescription output in stage.Description.Output.Where(output => !objects.Output.Contains(output.Name)))
            {
                stage.BadFeature("output", output.Name, $"the feature print has no such output{Suggestion.For(output.Name, objects.Output)}");
            }
        }
        else
        {
            stage.Problem("the kind of feature print is not set; it is of scenes or of objects.");
        }
    }

    /// <summary>Checks a feature print of sounds.</summary>
    public static void CheckAudio(StageContext stage)
    {
        stage.Inputs(1, FeatureCase.MultiArrayType);
        if (stage.Read(stage.Stage.Model.AudioFeaturePrint, AudioFeaturePrintDetails.Parser) is not { } model)
        {
            return;
        }

        stage.Require((model.Sound is { Version: not 0 }, "the kind of feature print, or its version, is not set."));
        if (model.Sound is { Version: 1 })
        {
            stage.Outputs(1, FeatureCase.MultiArrayType);
        }
    }

    /// <summary>Checks a preparation of sounds.</summary>
    public static void CheckSound(StageContext stage)
    {
        stage.Inputs(1, FeatureCase.MultiArrayType);
        stage.Outputs(1, FeatureCase.MultiArrayType);
        if (stage.Read(stage.Stage.Model.SoundAnalysisPreprocessing, SoundPreprocessingDetails.Parser) is not { } model)
        {
            return;
        }

        if (model.Vggish is null)
        {
            stage.Problem("the kind of preprocessing is not set.");
            return;
        }

        CheckArray(stage, "input", stage.Description.Input.FirstOrDefault(), Samples);
        CheckArray(stage, "output", stage.Description.Output.FirstOrDefault(), Bands);
    }

    private static void CheckArray(StageContext stage, string kind, FeatureDescription? feature, long[] shape)
    {
        if (feature is not null && feature.Type?.MultiArrayType is not { DataType: ArrayDataType.Float32 })
        {
            stage.BadFeature(kind, feature.Name, "the array's elements are Float32.");
        }
        else if (feature is not null && !feature.Type.MultiArrayType.Shape.SequenceEqual(shape))
        {
            stage.BadFeature(kind, feature.Name, $"the array's shape is [{string.Join(", ", shape)}].");
        }
    }
}
