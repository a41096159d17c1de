namespace CoreMLQuant.Models;

/// <summary>Which of Core ML's worlds a model lives in.</summary>
public enum ModelFormat
{
    /// <summary>A model kind with no tensors to compress (tree ensemble, SVM, vision feature print ...).</summary>
    Other,

    /// <summary>Layers with their weights inside one protobuf.</summary>
    NeuralNetwork,

    /// <summary>Operations in a protobuf, weights in weight.bin.</summary>
    MLProgram,

    /// <summary>Several models in a row.</summary>
    Pipeline,
}
