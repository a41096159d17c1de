using System;
using System.Linq;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Models;

/// <summary>
/// The specification version that decides which systems load a model. A pipeline's own version may be older than that of a model
/// inside it, as in exports of YOLO (a pipeline of version 5 around an ML Program of version 7): the newest of all parts counts.
/// </summary>
internal static class RequiredVersion
{
    /// <summary>The highest version of a model, its stages and the opsets of its functions.</summary>
    public static int Of(Schema.Model model) => PipelineStages.AllModels(model).Max(OfStage);

    private static int OfStage(Schema.Model stage) => stage.TypeCase != Schema.Model.TypeOneofCase.MlProgram
        ? stage.SpecificationVersion
        : stage.MlProgram.Functions.Values
            .Select(function => Platform.OpsetNumber(function.Opset))
            .Select(opset => opset == 0 ? 0 : Platform.SpecificationVersionOf(opset))
            .Aggregate(stage.SpecificationVersion, Math.Max);
}
