using System;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Models;

/// <summary>
/// The specification version that decides which systems load a model. A pipeline's own version may be older than that of a model
/// inside it, as in exports of YOLO (a pipeline of version 5 around an ML Program of version 7): the newest of all parts counts.
/// </summary>
internal static class RequiredVersion
{
    /// <summary>The highest version of a model, its stages and the opsets of its functions.</summary>
    public static int Of(Schema.Model model)
    {
        int newest = model.SpecificationVersion;
        foreach (Schema.Model part in PipelineStages.AllModels(model))
        {
            newest = Math.Max(newest, part.SpecificationVersion);
            foreach (Schema.Function function in part.MlProgram?.Functions.Values ?? [])
            {
                int opset = Platform.OpsetNumber(function.Opset);
                newest = Math.Max(newest, opset == 0 ? 0 : Platform.SpecificationVersionOf(opset));
            }
        }

        return newest;
    }
}
