using System;

namespace CoreMLQuant.Onnx;

/// <summary>Why an operation has no translation; whoever translates adds its name and place.</summary>
/// <param name="reason">One sentence that begins in lower case and ends in a full stop.</param>
internal sealed class NotTranslatableException(string reason) : Exception(reason);
