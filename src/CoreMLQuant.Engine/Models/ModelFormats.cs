using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Models;

/// <summary>Tells the formats of models.</summary>
internal static class ModelFormats
{
    /// <summary>Which world a model lives in.</summary>
    public static ModelFormat Of(Schema.Model model) => model.TypeCase switch
    {
        Schema.Model.TypeOneofCase.MlProgram => ModelFormat.MLProgram,
        Schema.Model.TypeOneofCase.NeuralNetwork
            or Schema.Model.TypeOneofCase.NeuralNetworkClassifier
            or Schema.Model.TypeOneofCase.NeuralNetworkRegressor => ModelFormat.NeuralNetwork,
        _ => PipelineStages.PipelineOf(model) is null ? ModelFormat.Other : ModelFormat.Pipeline,
    };
}
