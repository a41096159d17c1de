namespace CoreMLQuant.Running;

/// <summary>In which precision a model computes.</summary>
public enum RunArithmetic
{
    /// <summary>As the model says: where a value is FP16, every result is rounded to FP16; inside an operation the arithmetic is FP32.</summary>
    Program,

    /// <summary>FP32 throughout: what an FP16 model would give without rounding its intermediate values.</summary>
    Float32,
}
