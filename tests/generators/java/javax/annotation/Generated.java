package javax.annotation;

/** Of Java 8; the Java that is installed has it no longer, and generated models name it. */
public @interface Generated {
  String[] value();

  String date() default "";

  String comments() default "";
}
